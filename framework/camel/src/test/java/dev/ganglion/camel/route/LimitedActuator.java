package dev.ganglion.camel.route;

import dev.ganglion.api.act.ActionSpec;
import dev.ganglion.api.act.Actuator;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A lamp that takes each action once in ten minutes at most, and fails when it is told to. */
final class LimitedActuator implements Actuator {
    private static final long MINUTES_10 = 600_000;
    private static final List<Parameter> NONE = List.of();

    final List<String> performed = new CopyOnWriteArrayList<>();
    volatile int opened;
    volatile @Nullable GanglionException failure;

    @Override
    public String name() {
        return "limited";
    }

    @Override
    public List<ActionSpec> actions(Options options) {
        return List.of(
                new ActionSpec("light_on", NONE, MINUTES_10),
                new ActionSpec("light_off", NONE, 0),
                new ActionSpec("step", NONE, MINUTES_10));
    }

    @Override
    public Device open(Options options) {
        opened++;
        return new Device() {
            @Override
            public void perform(String action, Map<String, Object> parameters) {
                GanglionException now = failure;
                if (now != null) {
                    throw now;
                }
                performed.add(action);
            }

            @Override
            public void makeSafe() {}

            @Override
            public void close() {}
        };
    }

    /** The world has no such lamp, or the lamp does not answer. */
    void failWith(Kind kind) {
        failure = new GanglionException(kind, "the lamp says " + kind);
    }
}
