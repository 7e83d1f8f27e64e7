package dev.ganglion.sensor.wyoming;

import dev.ganglion.api.data.Decision;
import dev.ganglion.api.sense.Sensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Gathers what a route makes of one utterance, which may be many samples, and words it. */
final class Answer implements Sensor.Follower {
    /** Far more than is ever spoken: a model that does not stop is to cost no memory. */
    private static final int MAXIMUM_CHARACTERS = 16_384;

    /** What home-lm and others call an utterance that asks for nothing they know. */
    private static final String NO_INTENT = "none";

    /** An event to send. */
    record Reply(String type, Map<String, Object> data) {}

    private final Consumer<String> pieces;
    private final StringBuilder heard = new StringBuilder();
    private final StringBuilder said = new StringBuilder();
    private @Nullable Decision decision;
    private String refusal = "";
    private String failure = "";

    /**
     * An answer to one utterance.
     *
     * @param pieces is given each piece of the reply as it comes
     */
    Answer(Consumer<String> pieces) {
        this.pieces = pieces;
    }

    @Override
    public synchronized void heard(CharSequence text) {
        // Speech that was cut at a pause is heard in parts.
        if (heard.length() > 0) {
            append(heard, " ");
        }
        append(heard, text);
    }

    @Override
    public synchronized void decided(Decision newDecision, String newRefusal) {
        decision = newDecision;
        // What is done at last was done, whatever was refused before.
        refusal = newRefusal;
    }

    @Override
    public synchronized void said(CharSequence piece) {
        append(said, piece);
        if (failure.isEmpty() && piece.length() > 0) {
            pieces.accept(piece.toString());
        }
    }

    @Override
    public synchronized void ended(String newFailure) {
        if (failure.isEmpty()) {
            failure = newFailure;
        }
    }

    private void append(StringBuilder to, CharSequence text) {
        if (to.length() + text.length() <= MAXIMUM_CHARACTERS) {
            to.append(text);
        } else if (failure.isEmpty()) {
            failure = "the answer is longer than " + MAXIMUM_CHARACTERS + " characters";
        }
    }

    /** {@return whether some speech was understood} */
    synchronized boolean hasHeard() {
        return heard.length() > 0;
    }

    /** {@return what came to grief, or empty} */
    synchronized String failure() {
        return failure;
    }

    synchronized Reply transcript() {
        return new Reply("transcript", Map.of("text", heard.toString().strip()));
    }

    /** {@return the reply, in the words of a service that acts} */
    synchronized Reply handled() {
        Decision known = decision;
        String text = said.toString().strip();
        if (!refusal.isEmpty()) {
            // What a model said before it was refused is not true.
            return new Reply("not-handled", Map.of("text", refusal));
        }
        if (known == null ? text.isEmpty() : !known.sure()) {
            return new Reply("not-handled", Map.of("text", orNotUnderstood(text)));
        }
        return new Reply("handled", Map.of("text", text));
    }

    /** {@return the action, in the words of a service that leaves it to the client} */
    synchronized Reply intent() {
        Decision known = decision;
        String text = said.toString().strip();
        if (known == null
                || !known.sure()
                || known.name().equals(NO_INTENT)
                || !refusal.isEmpty()) {
            return new Reply(
                    "not-recognized",
                    Map.of("text", refusal.isEmpty() ? orNotUnderstood(text) : refusal));
        }
        List<Map<String, Object>> entities = new ArrayList<>();
        known.parameters()
                .forEach((name, value) -> entities.add(Map.of("name", name, "value", value)));
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("name", known.name());
        data.put("entities", entities);
        if (!text.isEmpty()) {
            data.put("text", text);
        }
        return new Reply("intent", data);
    }

    private static String orNotUnderstood(String text) {
        return text.isEmpty() ? "This was not understood." : text;
    }

    synchronized String spoken() {
        return refusal.isEmpty() ? said.toString().strip() : refusal;
    }
}
