package dev.ganglion.runtime.record;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.ganglion.api.data.Decision;
import dev.ganglion.runtime.act.Action;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What came of one input: a decision with its action, or a failure. There may be several for one
 * input.
 *
 * @param of the number of the input
 * @param decision what was understood; null when it failed
 * @param model which model in which version answered, {@code name@version}; empty when it failed
 * @param stepsSpent how many steps of the model were run since the utterance began
 * @param stepsTotal how many the whole utterance has; 0 when it goes on
 * @param action what was done or refused; null when there was nothing to do
 * @param byDevice whether it was the device that refused or failed, not the rules before it
 * @param turn rises with each decision that a device's rules judged, over all inputs; 0 for none
 * @param asked how often the device had been asked in this message before it failed
 * @param failure the sentence that says what went wrong, or empty
 */
public record Outcome(
        long of,
        @Nullable Decision decision,
        String model,
        int stepsSpent,
        int stepsTotal,
        @Nullable Action action,
        boolean byDevice,
        long turn,
        int asked,
        String failure) {
    private static final double DIGITS = 1e4;

    /** A failure that is not a device's. */
    public static Outcome failed(long of, String sentence) {
        return failed(of, sentence, false, 0, 0);
    }

    /** A failure. */
    public static Outcome failed(long of, String sentence, boolean byDevice, long turn, int asked) {
        return new Outcome(of, null, "", 0, 0, null, byDevice, turn, asked, sentence);
    }

    /** The line of the recording. */
    String json() throws IOException {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("of", of);
        Decision about = decision;
        if (about == null) {
            json.put("failed", failure);
            if (byDevice) {
                json.put("byDevice", true);
                json.put("asked", asked);
            }
        } else {
            Map<String, Object> decided = new LinkedHashMap<>();
            decided.put("label", about.name());
            decided.put("parameters", new TreeMap<>(about.parameters()));
            decided.put("confidence", about.confidence());
            decided.put("sure", about.sure());
            decided.put("stepsSpent", stepsSpent);
            if (stepsTotal > 0) {
                decided.put("stepsTotal", stepsTotal);
            }
            decided.put("model", model);
            json.put("decision", decided);
        }
        Action done = action;
        if (done != null) {
            Map<String, Object> named = new LinkedHashMap<>();
            named.put("name", done.name());
            named.put("parameters", new TreeMap<>(done.parameters()));
            json.put("action", named);
            if (!done.performed()) {
                json.put("refused", done.refusal());
                if (byDevice) {
                    json.put("byDevice", true);
                }
            }
        }
        if (turn > 0) {
            json.put("turn", turn);
        }
        return JSON.std.asString(json);
    }

    static Outcome parse(Map<String, Object> json) {
        long of = Json.whole(json, "of");
        boolean byDevice = Boolean.TRUE.equals(json.get("byDevice"));
        long turn = Json.whole(json, "turn", 0);
        if (json.get("decision") == null) {
            return failed(
                    of,
                    Json.text(json, "failed"),
                    byDevice,
                    turn,
                    (int) Json.whole(json, "asked", 0));
        }
        Map<?, ?> decided = Json.object(json.get("decision"));
        Action action = null;
        if (json.get("action") != null) {
            Map<?, ?> named = Json.object(json.get("action"));
            Object refused = json.get("refused");
            action =
                    new Action(
                            Json.text(named, "name"),
                            parameters(named),
                            refused == null ? "" : refused.toString());
        }
        return new Outcome(
                of,
                new Decision(
                        Json.text(decided, "label"),
                        parameters(decided),
                        Json.number(decided, "confidence"),
                        Boolean.TRUE.equals(decided.get("sure"))),
                Json.text(decided, "model"),
                (int) Json.whole(decided, "stepsSpent"),
                (int) Json.whole(decided, "stepsTotal", 0),
                action,
                byDevice,
                turn,
                0,
                "");
    }

    private static Map<String, Object> parameters(Map<?, ?> object) {
        Map<String, Object> parameters = new TreeMap<>();
        Json.object(object.get("parameters"))
                .forEach((name, value) -> parameters.put(String.valueOf(name), value));
        return parameters;
    }

    /** Adds what must be equal of two runs; the rest (traces, times) differs from run to run. */
    void addTo(Map<String, Object> line) {
        Decision about = decision;
        if (about == null) {
            line.put("failed", failure);
            return;
        }
        line.put("label", about.name());
        if (!about.parameters().isEmpty()) {
            line.put("parameters", rounded(about.parameters()));
        }
        line.put("confidence", rounded(about.confidence()));
        line.put("sure", about.sure());
        line.put("stepsSpent", stepsSpent);
        if (stepsTotal > 0) {
            line.put("stepsTotal", stepsTotal);
        }
        Action done = action;
        if (done != null) {
            Map<String, Object> named = new LinkedHashMap<>();
            named.put("name", done.name());
            named.put("parameters", rounded(done.parameters()));
            line.put("action", named);
            if (!done.performed()) {
                line.put("refused", done.refusal());
            }
        }
    }

    private static Map<String, Object> rounded(Map<String, Object> parameters) {
        Map<String, Object> rounded = new TreeMap<>();
        parameters.forEach(
                (name, value) ->
                        rounded.put(
                                name, value instanceof Double number ? rounded(number) : value));
        return rounded;
    }

    /** To four digits: the last bits of a sum depend on the processor. */
    private static double rounded(double value) {
        double scaled = value * DIGITS;
        return Math.abs(scaled) < 1e15 ? Math.rint(scaled) / DIGITS : value;
    }
}
