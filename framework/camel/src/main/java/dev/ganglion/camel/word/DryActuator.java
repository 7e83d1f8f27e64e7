package dev.ganglion.camel.word;

import dev.ganglion.api.act.ActionSpec;
import dev.ganglion.api.act.Actuator;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import dev.ganglion.runtime.act.Rehearsal;
import java.util.List;
import java.util.Map;

/** Knows what an actuator can do, and answers as its device did when it was recorded. */
final class DryActuator implements Rehearsal {
    private final Actuator actuator;
    private final Replay replay;

    DryActuator(Actuator actuator, Replay replay) {
        this.actuator = actuator;
        this.replay = replay;
    }

    @Override
    public String name() {
        return actuator.name();
    }

    @Override
    public List<Parameter> options() {
        return actuator.options();
    }

    @Override
    public List<ActionSpec> actions(Options options) {
        return actuator.actions(options);
    }

    @Override
    public List<Parameter> facts(Options options) {
        return actuator.facts(options);
    }

    @Override
    public List<Map<String, Object>> touches(
            Options options, String action, Map<String, Object> parameters) {
        return actuator.touches(options, action, parameters);
    }

    @Override
    public Device open(Options options) {
        return new Device() {
            @Override
            public void perform(String action, Map<String, Object> parameters) {
                replay.answer(action, parameters);
            }

            @Override
            public void makeSafe() {}

            @Override
            public void close() {}
        };
    }
}
