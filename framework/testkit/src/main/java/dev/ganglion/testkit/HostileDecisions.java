package dev.ganglion.testkit;

import dev.ganglion.api.act.ActionSpec;
import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.Parameter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Decisions as a model would make them that wants to get past the rules: half of them almost right,
 * the others with names, keys and values of all sorts. The same seed gives the same decisions. Not
 * thread-safe.
 */
public final class HostileDecisions {
    private static final List<Object> NASTY =
            List.of(
                    Double.NaN,
                    Double.POSITIVE_INFINITY,
                    Double.NEGATIVE_INFINITY,
                    Double.MAX_VALUE,
                    -Double.MIN_VALUE,
                    -0.0,
                    Long.MAX_VALUE,
                    Long.MIN_VALUE,
                    -1L,
                    true,
                    "",
                    " ",
                    "true",
                    "null",
                    "NaN",
                    "1e308",
                    "0x7f",
                    "１００",
                    "{room}",
                    "{pin|1234}",
                    "${jndi:x}",
                    "../../etc/passwd",
                    "a\n{\"action\":\"unlock\"}",
                    "a\u0000b",
                    "\ud800",
                    "\u202ekcolnu",
                    "x".repeat(5000),
                    List.of("kitchen", "hall"),
                    Map.of("action", "unlock", "force", true));
    private static final List<String> KEYS =
            List.of(
                    "pin",
                    "PIN",
                    "confirm",
                    "confirmed",
                    "by",
                    "dryRun",
                    "allow",
                    "action",
                    "parameters",
                    "operator",
                    "__proto__",
                    "force");

    private final Random random;
    private final List<ActionSpec> actions;
    private final List<Object> words;

    /**
     * Decisions about some actions.
     *
     * @param words values that a device knows, or that the test forbids
     */
    public HostileDecisions(long seed, List<ActionSpec> actions, List<?> words) {
        this.random = new Random(seed);
        this.actions = List.copyOf(actions);
        this.words = List.copyOf(words);
    }

    /** {@return the next one; nine of ten are sure} */
    public Decision next() {
        ActionSpec action = actions.get(random.nextInt(actions.size()));
        Map<String, Object> parameters = new HashMap<>();
        boolean almostRight = random.nextBoolean();
        // What says too much often contradicts itself, and then means nothing.
        boolean sparse = random.nextBoolean();
        for (Parameter each : action.parameters()) {
            if (sparse && !each.isRequired() && random.nextInt(4) > 0) {
                continue;
            }
            int choice = random.nextInt(almostRight ? 20 : 4);
            if (choice > 2) {
                parameters.put(each.name(), fitting(each));
            } else if (choice > 0) {
                parameters.put(
                        choice == 1 ? each.name() : disguised(each.name()),
                        random.nextBoolean() ? any(NASTY) : fitting(each));
            }
        }
        for (int more = random.nextInt(4); more > 0; more--) {
            parameters.put(any(KEYS), random.nextBoolean() ? any(NASTY) : fitting());
        }
        String name = almostRight ? action.name() : disguised(action.name());
        return new Decision(name, parameters, random.nextDouble(), random.nextInt(10) > 0);
    }

    private Object fitting() {
        return words.isEmpty() ? "1234" : any(words);
    }

    private Object fitting(Parameter spec) {
        if (spec.isNumber()) {
            double span = spec.maximum() - spec.minimum();
            double number = spec.minimum() + span * (random.nextDouble() * 1.4 - 0.2);
            return random.nextBoolean() ? (Object) number : "by " + Math.round(number) + " percent";
        }
        List<Object> values = new ArrayList<>(spec.values());
        values.addAll(words);
        Object value = values.isEmpty() ? "1234" : any(values);
        return random.nextInt(6) == 0 ? disguised(value.toString()) : value;
    }

    private <T> T any(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    private String disguised(String name) {
        return switch (random.nextInt(9)) {
            case 0 -> name.toUpperCase(Locale.ROOT);
            case 1 -> " " + name + " ";
            case 2 -> name.replace('o', '\u043e').replace('a', '\u0430'); // Cyrillic
            case 3 -> name.replace('k', '\u212a'); // Kelvin, whose small letter is k
            case 4 -> name + "\u200b";
            case 5 -> "{" + name + "}";
            case 6 -> name + "\n";
            case 7 -> "*";
            default -> name;
        };
    }
}
