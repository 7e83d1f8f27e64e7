package dev.ganglion.decider.action;

import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.infer.Steps;
import dev.ganglion.api.model.ModelPackage;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One answer after the other; what was read of an answer is not read again. */
final class ActionStage implements Stage<Steps, Decision> {
    private static final int LONGEST = 4096;
    private static final int QUOTED = 120;

    private final ModelPackage model;
    private final String nameKey;
    private final double above;
    private final boolean least;
    private final boolean nameOnly;
    private final boolean goesOn;
    private final List<String> names;

    private final ObjectScanner scanner;
    private int read;
    private int tokens;
    private double confidence = 1;
    private boolean decided;

    /** The answer as it was after the last step, for the message when it ends too early. */
    private final StringBuilder answer = new StringBuilder();

    ActionStage(ModelPackage model, ActionSettings settings) {
        this.model = model;
        this.nameKey = settings.nameKey();
        this.above = settings.above();
        this.least = settings.least();
        this.nameOnly = settings.nameOnly();
        this.goesOn = settings.goesOn();
        this.names = settings.names();
        this.scanner = new ObjectScanner(nameKey);
    }

    @Override
    public void push(Steps steps, Consumer<? super Decision> out) {
        if (decided) {
            return;
        }
        boolean done = false;
        try {
            Decision decision = read(steps);
            if (decision != null) {
                decided = true;
                out.accept(decision);
                // What comes after a sure one is another answer, unless this one is read on.
                if (decision.sure() && !goesOn) {
                    forget();
                }
            }
            done = true;
        } finally {
            if (!done) {
                forget();
            }
        }
    }

    private @Nullable Decision read(Steps steps) {
        double probability = steps.probability();
        confidence = least ? Math.min(confidence, probability) : confidence * probability;
        tokens++;
        CharSequence said = steps.said();
        while (read < said.length()) {
            char c = said.charAt(read++);
            answer.append(c);
            if (!scanner.read(c)) {
                answer.append(said, read, said.length());
                throw refused("found no '{' at its start", null);
            }
            if (scanner.isOver()) {
                return whole();
            }
            if (read > LONGEST) {
                throw refused("found one of more than " + LONGEST + " characters", null);
            }
        }
        return nameOnly ? early() : null;
    }

    private Decision whole() {
        ActionObject object;
        try {
            object = ActionObject.parse(answer.toString(), nameKey);
        } catch (ActionObject.NoAction e) {
            throw refused(String.valueOf(e.getMessage()), e);
        }
        requireName(object.name());
        Map<String, Object> parameters = nameOnly ? Map.of() : object.parameters();
        return decision(object.name(), parameters);
    }

    /** {@return what is decided though the object goes on; null when nothing is} */
    private @Nullable Decision early() {
        if (!scanner.isPlain()) {
            return null;
        }
        if (scanner.hasName()) {
            String name = scanner.name().toString();
            if (name.isBlank()) {
                throw refused("found an empty \"" + nameKey + "\"", null);
            }
            requireName(name);
            return decision(name, Map.of());
        }
        String only = only();
        return only != null && confidence >= above ? decision(only, Map.of()) : null;
    }

    /** {@return the only name that begins with what was said of it; null when there are several} */
    private @Nullable String only() {
        if (names.isEmpty()) {
            return null;
        }
        String found = null;
        for (int i = 0; i < names.size(); i++) {
            if (startsWith(names.get(i), scanner.name())) {
                if (found != null) {
                    return null;
                }
                found = names.get(i);
            }
        }
        if (found == null) {
            requireName(scanner.name().toString());
        }
        return found;
    }

    private static boolean startsWith(String name, CharSequence start) {
        if (start.length() > name.length()) {
            return false;
        }
        for (int i = 0; i < start.length(); i++) {
            if (name.charAt(i) != start.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private void requireName(String name) {
        if (!names.isEmpty() && !names.contains(name)) {
            throw refused(
                    "found '" + name + "', which is none of " + String.join(", ", names), null);
        }
    }

    private Decision decision(String name, Map<String, Object> parameters) {
        double bounded = Math.max(0, Math.min(1, confidence));
        return new Decision(name, parameters, bounded, bounded >= above);
    }

    @Override
    public void flush(Consumer<? super Decision> out) {
        if (decided || tokens == 0) {
            forget();
            return;
        }
        try {
            throw refused(
                    scanner.hasBegun()
                            ? "found that it ends after "
                                    + tokens
                                    + " tokens, before the object does; let it say more with"
                                    + " 'maxTokens'"
                            : "found nothing",
                    null);
        } finally {
            forget();
        }
    }

    private GanglionException refused(String found, @Nullable Exception cause) {
        String said =
                answer.length() <= QUOTED
                        ? answer.toString()
                        : answer.substring(0, QUOTED) + "\u2026";
        return new GanglionException(
                Kind.INPUT,
                "model "
                        + model.id()
                        + " said '"
                        + said.replaceAll("\\R", " ")
                        + "', which is no action: a JSON object with \""
                        + nameKey
                        + "\" and with text, numbers and flags expected, "
                        + found,
                cause);
    }

    private void forget() {
        scanner.start();
        answer.setLength(0);
        read = 0;
        tokens = 0;
        confidence = 1;
        decided = false;
    }
}
