package dev.ganglion.runtime.generate;

import dev.ganglion.api.act.ActionSpec;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Parameter;
import java.math.BigDecimal;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The grammar of what can be done, as a JSON object without blanks: {@code
 * {"intent":"HassLightSet","area":"kitchen","brightness":40}}. Parameters come in the order in
 * which they are declared; those that are not required may be left out.
 *
 * <p>Words and flags are exactly those that are declared. Whole numbers are in their range, up to
 * 15 digits. Other numbers have at most three decimals and are in their range, so that nothing out
 * of a range can be said. Free text is a JSON string of at most 200 characters. What remains for
 * whoever performs the action is all that is no range: rates, hours, who may do it.
 */
public final class ActionGrammar {
    /** The key of an action's name. */
    public static final String NAME_KEY = "intent";

    /** The name of the action that does nothing, which may always be said. */
    public static final String NONE = "none";

    private static final int DECIMALS = 3;
    private static final long MOST = 999_999_999_999_999L;

    private static final String TEXT_RULES =
            "text ::= \"\\\"\" character{0,200} \"\\\"\"\n"
                    + "character ::= [^\"\\\\\\x00-\\x1F\\x7F]"
                    + " | \"\\\\\" ([\"\\\\/bfnrt] | \"u\" [0-9a-fA-F]{4})\n";

    private ActionGrammar() {}

    /**
     * {@return the grammar of these actions, as GBNF}
     *
     * @throws GanglionException of kind SETUP when an action cannot be said: a parameter is called
     *     as the name's key, or takes no value
     */
    public static String of(List<ActionSpec> actions) {
        StringBuilder gbnf = new StringBuilder();
        gbnf.append("root ::= ").append(literal("{\"" + NAME_KEY + "\":")).append(" (");
        gbnf.append(literal(quoted(NONE)));
        for (int i = 0; i < actions.size(); i++) {
            gbnf.append(" | action-").append(i);
        }
        gbnf.append(") \"}\"\n");
        for (int i = 0; i < actions.size(); i++) {
            ActionSpec action = actions.get(i);
            gbnf.append("action-").append(i).append(" ::= ").append(literal(quoted(action.name())));
            for (Parameter parameter : action.parameters()) {
                gbnf.append(" (").append(literal("," + quoted(parameter.name()) + ":"));
                gbnf.append(" (").append(value(action, parameter)).append("))");
                gbnf.append(parameter.isRequired() ? "" : "?");
            }
            gbnf.append('\n');
        }
        return gbnf.append(TEXT_RULES).toString();
    }

    private static String value(ActionSpec action, Parameter parameter) {
        if (parameter.name().equals(NAME_KEY)) {
            throw unsayable(action, parameter, "is called as the key of the action's own name");
        }
        if (parameter.isNumber()) {
            String numbers =
                    NumberGrammar.of(
                            clamped(parameter.minimum()),
                            clamped(parameter.maximum()),
                            parameter.isWhole() ? 0 : DECIMALS);
            if (numbers.isEmpty()) {
                throw unsayable(
                        action, parameter, "takes no number at all: " + parameter.expected());
            }
            return numbers;
        }
        if (parameter.isFlag()) {
            return "\"true\" | \"false\"";
        }
        return parameter.values().isEmpty()
                ? "text"
                : parameter.values().stream()
                        .distinct()
                        .map(value -> literal(quoted(value)))
                        .collect(Collectors.joining(" | "));
    }

    private static BigDecimal clamped(double bound) {
        return BigDecimal.valueOf(Math.max(-MOST, Math.min(MOST, bound)));
    }

    private static GanglionException unsayable(ActionSpec action, Parameter parameter, String why) {
        return new GanglionException(
                Kind.SETUP,
                "action '"
                        + action.name()
                        + "': its parameter '"
                        + parameter.name()
                        + "' "
                        + why
                        + ", so that no model can say it; declare it otherwise");
    }

    /** As JSON writes it, with the escapes that it needs and no others. */
    private static String quoted(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> json.append('\\').append(c);
                case '\n' -> json.append("\\n");
                case '\r' -> json.append("\\r");
                case '\t' -> json.append("\\t");
                default -> {
                    if (c < ' ' || Character.isSurrogate(c) && !isPaired(text, i)) {
                        json.append(String.format("\\u%04x", (int) c));
                    } else {
                        json.append(c);
                    }
                }
            }
        }
        return json.append('"').toString();
    }

    private static boolean isPaired(String text, int at) {
        return Character.isHighSurrogate(text.charAt(at))
                ? at + 1 < text.length() && Character.isLowSurrogate(text.charAt(at + 1))
                : at > 0 && Character.isHighSurrogate(text.charAt(at - 1));
    }

    /** As GBNF writes it. */
    private static String literal(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
