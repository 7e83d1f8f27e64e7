package dev.ganglion.runtime.report;

/**
 * One stage of a cascade, and what came of it.
 *
 * @param stage the name of the stage
 * @param decision what it understood, or empty
 * @param confidence 0 to 1
 * @param sure whether that was enough, so that nobody else was asked
 * @param nanos how long it took
 * @param tokens how many tokens its model said, 0 when it says none
 * @param why why it was not asked, or gave no answer; empty when it did
 */
public record Hop(
        String stage,
        String decision,
        double confidence,
        boolean sure,
        long nanos,
        int tokens,
        String why) {}
