"""Where the demonstration's outcodes are: south-east London, a few miles around Aylesbury, and three far away."""

from __future__ import annotations

#: Outcode: latitude, longitude, town.
OUTCODES: dict[str, tuple[float, float, str]] = {
    "SE1": (51.49838, -0.08949, "Southwark"),
    "SE3": (51.46866, 0.02015, "Blackheath"),
    "SE4": (51.46058, -0.03348, "Brockley"),
    "SE5": (51.47322, -0.09055, "Camberwell"),
    "SE6": (51.43777, -0.01432, "Catford"),
    "SE7": (51.48369, 0.03521, "Charlton"),
    "SE8": (51.48118, -0.02828, "Deptford"),
    "SE9": (51.44465, 0.05651, "Eltham"),
    "SE10": (51.48162, -0.00089, "Greenwich"),
    "SE12": (51.4443, 0.02483, "Lee"),
    "SE13": (51.45837, -0.0091, "Lewisham"),
    "SE14": (51.47511, -0.0415, "New Cross"),
    "SE15": (51.47189, -0.06468, "Peckham"),
    "SE16": (51.49597, -0.05213, "Rotherhithe"),
    "SE18": (51.48391, 0.07412, "Woolwich"),
    "SE19": (51.41735, -0.08424, "Crystal Palace"),
    "SE20": (51.41151, -0.05716, "Penge"),
    "SE21": (51.43807, -0.08626, "Dulwich"),
    "SE22": (51.45401, -0.07119, "East Dulwich"),
    "SE23": (51.44015, -0.04875, "Forest Hill"),
    "SE26": (51.42674, -0.05364, "Sydenham"),
    "BR1": (51.41107, 0.02192, "Bromley"),
    "BR3": (51.40297, -0.0302, "Beckenham"),
    "CR0": (51.37223, -0.07463, "Croydon"),
    "HP18": (51.81347, -0.98155, "Ashendon"),
    "HP20": (51.81898, -0.80295, "Aylesbury"),
    "HP21": (51.80641, -0.80473, "Aylesbury"),
    "HP22": (51.80601, -0.76558, "Weston Turville"),
    "HP23": (51.79496, -0.66001, "Tring"),
    "B13": (52.43644, -1.8779, "Birmingham"),
    "LS6": (53.81928, -1.56704, "Leeds"),
    "M14": (53.4477, -2.22437, "Manchester"),
}

NEAR = tuple(code for code in OUTCODES if code.startswith("SE") or code == "BR1")
EDGE = ("BR3", "CR0")
VALE = tuple(code for code in OUTCODES if code.startswith("HP"))
FAR = ("B13", "LS6", "M14")
