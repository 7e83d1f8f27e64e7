package dev.ganglion.decider.threshold;

import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.infer.Steps;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The state of one stream; allocates nothing but the decisions. */
final class ThresholdStage implements Stage<Steps, Decision> {
    private final Element element;
    private final @Nullable Bound bound;
    private final String lowName;
    private final String highName;
    private final long stepsNeeded;
    private final long warmUpSteps;
    private final boolean onChange;

    private long stepsSeen;
    private boolean high;

    /** How many steps in a row spoke for the other state. */
    private long stepsAgainst;

    /**
     * A stage at the start of a stream.
     *
     * @param bound null when there is one state only, {@code lowName}
     */
    ThresholdStage(
            Element element,
            @Nullable Bound bound,
            String lowName,
            String highName,
            long stepsNeeded,
            long warmUpSteps,
            boolean onChange) {
        this.element = element;
        this.bound = bound;
        this.lowName = lowName;
        this.highName = highName;
        this.stepsNeeded = stepsNeeded;
        this.warmUpSteps = warmUpSteps;
        this.onChange = onChange;
    }

    @Override
    public void push(Steps steps, Consumer<? super Decision> out) {
        boolean done = false;
        try {
            take(element.read(steps.output(element.spec().name())), out);
            done = true;
        } finally {
            if (!done) {
                forget();
            }
        }
    }

    private void take(double value, Consumer<? super Decision> out) {
        boolean warm = stepsSeen >= warmUpSteps;
        boolean before = high;
        stepsSeen++;
        double threshold = Double.NaN;
        if (bound != null) {
            threshold = bound.enter();
            boolean against = warm && bound.reached(value, high) != high;
            stepsAgainst = against ? stepsAgainst + 1 : 0;
            if (against && stepsAgainst >= stepsNeeded) {
                high = !high;
                stepsAgainst = 0;
            }
            bound.learn(value, before);
        }
        if (!onChange || high != before) {
            out.accept(decision(value, threshold, warm));
        }
    }

    private Decision decision(double value, double threshold, boolean sure) {
        Map<String, Object> parameters =
                Double.isNaN(threshold)
                        ? Map.of("value", shown(value), "unit", element.unit())
                        : Map.of(
                                "value",
                                shown(value),
                                "unit",
                                element.unit(),
                                "threshold",
                                shown(threshold));
        return new Decision(high ? highName : lowName, parameters, confidence(value), sure);
    }

    /** With the digits that a model of single precision has: 127.9, not 127.9000015258789. */
    private static double shown(double value) {
        return Double.parseDouble(Float.toString((float) value));
    }

    /** That of the state which is reported: without a bound, that of the class. */
    private double confidence(double value) {
        if (!element.isProbability()) {
            return 1;
        }
        return bound == null || bound.isAbove() == high ? value : 1 - value;
    }

    @Override
    public void flush(Consumer<? super Decision> out) {
        forget();
    }

    private void forget() {
        stepsSeen = 0;
        stepsAgainst = 0;
        high = false;
        if (bound != null) {
            bound.forget();
        }
    }
}
