package dev.ganglion.runtime.act;

import dev.ganglion.api.data.GanglionException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What an operator asks about actuators, as maps that cross to those who do not share our classes.
 * Requests: {@code command} is {@code confirm} with {@code id} and perhaps {@code pin} (without
 * {@code id}: what waits), or {@code undo} with {@code actuator}. Answers: {@code ok}, and either
 * what was asked for or a {@code sentence}; nothing is thrown.
 */
public final class EnvelopeCommands implements Function<Map<String, Object>, Map<String, Object>> {
    /** The commands that are answered here. */
    public static final List<String> COMMANDS = List.of("confirm", "undo");

    private final Envelopes envelopes;

    /** The commands over the envelopes of one container. */
    public EnvelopeCommands(Envelopes envelopes) {
        this.envelopes = envelopes;
    }

    @Override
    public Map<String, Object> apply(Map<String, Object> request) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("ok", true);
        try {
            String id = text(request, "id");
            if ("undo".equals(request.get("command"))) {
                envelopes.undo(text(request, "actuator"));
                answer.put("sentence", "act:" + text(request, "actuator") + " took it back");
            } else if (id.isEmpty()) {
                answer.put("waiting", envelopes.waiting());
                answer.put("problem", envelopes.problem());
            } else {
                Action done = envelopes.confirm(id, text(request, "pin"));
                answer.put("ok", done.performed());
                answer.put(
                        "sentence",
                        done.performed()
                                ? done.name() + done.parameters() + " was done"
                                : done.refusal());
            }
            return answer;
        } catch (RuntimeException | LinkageError e) {
            return Map.of(
                    "ok",
                    false,
                    "sentence",
                    e instanceof GanglionException ? String.valueOf(e.getMessage()) : e.toString());
        }
    }

    private static String text(Map<String, Object> request, String key) {
        Object value = request.get(key);
        return value == null ? "" : String.valueOf(value);
    }
}
