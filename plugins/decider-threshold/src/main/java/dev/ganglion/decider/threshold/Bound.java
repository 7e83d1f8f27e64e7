package dev.ganglion.decider.threshold;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the state changes, and where it changes back: two numbers, or two distances from a quantile
 * of what was seen. One stream, one thread.
 */
final class Bound {
    private static final List<String> ADAPTIVE = List.of("window", "factor", "margin", "direction");
    private static final int WINDOW_STEPS = 1000;

    private final boolean above;
    private final double enter;
    private final double leave;
    private final double share;
    private final boolean times;
    private final @Nullable SlidingQuantile seen;

    /** For how many steps the state was the high one when a value came. */
    private long stepsHigh;

    private Bound(
            boolean above,
            double enter,
            double leave,
            double share,
            boolean times,
            @Nullable SlidingQuantile seen) {
        this.above = above;
        this.enter = enter;
        this.leave = leave;
        this.share = share;
        this.times = times;
        this.seen = seen;
    }

    /**
     * The bound that the options describe.
     *
     * @return null when they describe none
     * @throws GanglionException of kind SETUP when they contradict each other
     */
    static @Nullable Bound of(Options options, boolean probability) {
        boolean adaptive = options.has("quantile");
        if (options.has("above") && options.has("below")) {
            throw wrong(
                    options,
                    "'above' and 'below' are both given, and a bound has one direction; leave one"
                            + " out, or give 'leave' for the bound of return");
        }
        if (adaptive) {
            return adaptive(options);
        }
        for (String name : ADAPTIVE) {
            if (options.has(name)) {
                throw wrong(
                        options,
                        "'"
                                + name
                                + "' belongs to a bound that follows its stream; give 'quantile',"
                                + " too, or leave it out");
            }
        }
        if (!options.has("above") && !options.has("below")) {
            return null;
        }
        String name = options.has("above") ? "above" : "below";
        double enter = options.number(name);
        double leave = options.has("leave") ? options.number("leave") : enter;
        boolean outside = Math.min(enter, leave) < 0 || Math.max(enter, leave) > 1;
        if (probability && outside) {
            throw wrong(
                    options,
                    "the bounds of a probability are from 0 to 1, found '"
                            + name
                            + "' "
                            + enter
                            + " and for the return "
                            + leave
                            + "; correct them or 'kind'");
        }
        return of(options, name, options.has("above"), enter, leave, 0, false, null);
    }

    private static Bound adaptive(Options options) {
        for (String name : List.of("above", "below")) {
            if (options.has(name)) {
                throw wrong(
                        options,
                        "'"
                                + name
                                + "' and 'quantile' are both given, and a bound is fixed or follows"
                                + " its stream; leave one out");
            }
        }
        if (options.has("factor") && options.has("margin")) {
            throw wrong(options, "'factor' and 'margin' are both given; leave one out");
        }
        String name = options.has("margin") ? "margin" : "factor";
        double enter = options.has(name) ? options.number(name) : 1;
        double leave = options.has("leave") ? options.number("leave") : enter;
        long steps = options.has("window") ? options.integer("window") : WINDOW_STEPS;
        return of(
                options,
                name,
                !options.has("direction") || options.text("direction").equals("above"),
                enter,
                leave,
                options.number("quantile"),
                name.equals("factor"),
                new SlidingQuantile(Math.toIntExact(steps)));
    }

    private static Bound of(
            Options options,
            String name,
            boolean above,
            double enter,
            double leave,
            double share,
            boolean times,
            @Nullable SlidingQuantile seen) {
        if (above ? leave > enter : leave < enter) {
            throw wrong(
                    options,
                    "'leave' is the bound of return, "
                            + (above ? "at most" : "at least")
                            + " '"
                            + name
                            + "' ("
                            + enter
                            + "), found "
                            + leave);
        }
        return new Bound(above, enter, leave, share, times, seen);
    }

    private static GanglionException wrong(Options options, String message) {
        return new GanglionException(Kind.SETUP, options.owner() + ": " + message);
    }

    /** {@return whether the high state is that of high numbers} */
    boolean isAbove() {
        return above;
    }

    /** {@return how many steps it takes until the bound is known well enough} */
    long warmUpSteps() {
        return seen == null ? 0 : seen.window();
    }

    /** {@return from where on the state is high; NaN when that is not known yet} */
    double enter() {
        return at(enter);
    }

    private double at(double bound) {
        if (seen == null) {
            return bound;
        }
        double quantile = seen.quantile(share);
        return times ? quantile * bound : quantile + bound;
    }

    /** {@return whether a number means the high state, in the state in which it came} */
    boolean reached(double value, boolean high) {
        double bound = at(high ? leave : enter);
        return above ? value >= bound : value <= bound;
    }

    /**
     * Takes a number for the quantile, if it is one to learn from: one that came in the low state.
     * That it may be beyond the bound does not matter: left out, the quantile would creep away from
     * it with each one that is missing. Nothing is learned in the high state, unless that outlasts
     * the window: then it is what this stream is like now.
     *
     * @param high the state in which it came
     */
    void learn(double value, boolean high) {
        stepsHigh = high ? stepsHigh + 1 : 0;
        if (seen != null && (!high || stepsHigh > seen.window())) {
            seen.add((float) value);
        }
    }

    /** Forgets what was seen. */
    void forget() {
        stepsHigh = 0;
        if (seen != null) {
            seen.forget();
        }
    }
}
