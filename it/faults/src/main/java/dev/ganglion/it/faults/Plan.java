package dev.ganglion.it.faults;

import java.util.Map;

/**
 * How much is done.
 *
 * @param perSecond how many messages are due in a second
 * @param warmUpSeconds how long the run is that nobody looks at
 * @param seconds how long each other run is at least; with faults it lasts until the last was done
 * @param times how often each fault happens, beside once in the warm-up
 */
record Plan(int perSecond, int warmUpSeconds, int seconds, Map<Fault, Integer> times) {
    /** Part of the build. */
    static final Plan SHORT =
            new Plan(
                    1000,
                    2,
                    4,
                    Map.of(Fault.SWAP, 20, Fault.RELOAD, 4, Fault.UPDATE, 3, Fault.KILL, 3));

    /** What is promised. */
    static final Plan LONG =
            new Plan(
                    1000,
                    10,
                    30,
                    Map.of(Fault.SWAP, 100, Fault.RELOAD, 20, Fault.UPDATE, 20, Fault.KILL, 20));

    int times(Fault fault) {
        return times.getOrDefault(fault, 0);
    }
}
