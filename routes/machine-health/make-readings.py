#!/usr/bin/env python3
"""Makes readings.txt: three engines that do not exist, in the columns of C-MAPSS (engine, cycle, 3 settings, 21 sensors).

Each sensor goes from its healthy mean to its mean at failure as wear grows, exp(-cycles left / 45), with the noise that such
sensors have. Engine 1 runs until it fails, engine 2 is stopped 45 cycles before it would, engine 3 is new. Needs nothing but Python.
"""
import math
import random

# sensor: healthy mean, mean at failure, standard deviation of the noise
WEARING = {
    2: (642.37, 643.68, 0.38), 3: (1586.9, 1602.1, 4.7), 4: (1402.7, 1429.3, 6.0), 7: (553.97, 551.48, 0.63),
    8: (2388.06, 2388.24, 0.055), 9: (9057.1, 9098.6, 8.2), 11: (47.35, 48.15, 0.18), 12: (521.92, 519.78, 0.51),
    13: (2388.05, 2388.24, 0.055), 14: (8138.4, 8167.3, 7.7), 15: (8.418, 8.521, 0.027), 17: (392.3, 396.3, 1.1),
    20: (38.93, 38.44, 0.13), 21: (23.36, 23.07, 0.079),
}
CONSTANT = {1: 518.67, 5: 14.62, 6: 21.61, 10: 1.3, 16: 0.03, 18: 2388, 19: 100.0}
ENGINES = [(1, 160, 0), (2, 120, 45), (3, 100, 200)]  # engine, cycles recorded, cycles left at the end

random.seed(5)
with open("readings.txt", "w", encoding="ascii") as out:
    for engine, cycles, left_at_end in ENGINES:
        for cycle in range(1, cycles + 1):
            wear = math.exp(-(left_at_end + cycles - cycle) / 45)
            row = [engine, cycle, f"{random.gauss(0, 0.002):.4f}", f"{random.gauss(0, 0.0003):.4f}", "100.0"]
            for sensor in range(1, 22):
                if sensor in CONSTANT:
                    row.append(CONSTANT[sensor])
                else:
                    healthy, failing, deviation = WEARING[sensor]
                    row.append(f"{random.gauss(healthy + wear * (failing - healthy), deviation):.3f}")
            print(*row, file=out)
