package dev.ganglion.runtime.act;

import dev.ganglion.api.act.ActionSpec;
import dev.ganglion.api.act.Actuator;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A plant that exists only in the test: two pumps, a heater, a door and a voice. */
final class Plant implements Actuator {
    static final List<ActionSpec> ACTIONS =
            List.of(
                    ActionSpec.of("fill_on"),
                    ActionSpec.of("fill_off"),
                    ActionSpec.of("drain_on"),
                    ActionSpec.of("drain_off"),
                    ActionSpec.of("heat", Parameter.number("power", "%", 0, 100).required()),
                    ActionSpec.of(
                            "unlock",
                            Parameter.choice("door", List.of("front", "back")).required()),
                    ActionSpec.of("say", Parameter.text("text").required()),
                    ActionSpec.of("lamp", Parameter.text("room"), Parameter.flag("on").required()),
                    new ActionSpec("ring", List.of(), 1000),
                    ActionSpec.of("glow", Parameter.integer("glow", "%", 0, 100)));

    private static final Runnable NOTHING = () -> {};

    final List<String> heard = new CopyOnWriteArrayList<>();
    volatile @Nullable RuntimeException failure;
    volatile @Nullable RuntimeException safeFailure;
    volatile @Nullable Error error;
    volatile boolean undoes = true;
    volatile List<ActionSpec> actions = ACTIONS;
    volatile Runnable during = NOTHING;
    volatile Runnable duringSafe = () -> {};

    static void await(CountDownLatch latch) {
        try {
            if (!latch.await(60, TimeUnit.SECONDS)) {
                throw new IllegalStateException("nobody came");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String name() {
        return "plant";
    }

    @Override
    public List<Parameter> options() {
        return List.of(Parameter.text("unit").withDefault("1"), Parameter.text("colour"));
    }

    @Override
    public List<ActionSpec> actions(Options options) {
        return actions;
    }

    @Override
    public Device open(Options options) {
        return new Device() {
            @Override
            public void perform(String action, Map<String, Object> parameters) {
                RuntimeException now = failure;
                if (now != null) {
                    throw now;
                }
                Error worse = error;
                if (worse != null) {
                    throw worse;
                }
                during.run();
                heard.add(parameters.isEmpty() ? action : action + parameters);
            }

            @Override
            public void makeSafe() {
                duringSafe.run();
                heard.add("safe");
                RuntimeException now = safeFailure;
                if (now != null) {
                    throw now;
                }
            }

            @Override
            public boolean undo() {
                if (undoes) {
                    heard.add("undo");
                }
                return undoes;
            }

            @Override
            public void close() {
                if (during != NOTHING) {
                    heard.add("close");
                }
            }
        };
    }
}
