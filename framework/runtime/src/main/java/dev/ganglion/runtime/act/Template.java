package dev.ganglion.runtime.act;

import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The value of a parameter as a rule writes it, {@code "{house_place|living room}"}: taken apart
 * once, so that a decision only looks its slots up. Immutable.
 */
final class Template {
    private static final Pattern SLOT = Pattern.compile("\\{([A-Za-z0-9_.-]+)(?:\\|([^}]*))?}");
    private static final Pattern NUMBER = Pattern.compile("[-+]?\\d+(?:\\.\\d+)?");

    private record Slot(String before, String name, @Nullable String byDefault) {}

    private final String action;
    private final Parameter spec;
    private final List<Slot> slots = new ArrayList<>(1);
    private final String end;
    private final @Nullable Object constant;

    /**
     * Takes a value apart and checks what is known of it: a constant, or the default of an only
     * slot.
     *
     * @param owner who wrote the value, for messages
     * @param action the action that it is for, for messages about what was said
     * @throws GanglionException of kind SETUP when that does not fit the parameter
     */
    Template(String written, Parameter spec, String owner, String action) {
        this.spec = spec;
        this.action = action;
        Matcher found = SLOT.matcher(written);
        int from = 0;
        while (found.find()) {
            slots.add(
                    new Slot(
                            written.substring(from, found.start()),
                            found.group(1),
                            found.group(2)));
            from = found.end();
        }
        end = written.substring(from);
        if (slots.isEmpty()) {
            constant = spec.parse(owner, written);
        } else if (isOneSlot() && slots.get(0).byDefault() != null) {
            constant = spec.parse(owner, slots.get(0).byDefault());
        } else {
            constant = null;
        }
    }

    private boolean isOneSlot() {
        return slots.size() == 1 && slots.get(0).before().isEmpty() && end.isEmpty();
    }

    /**
     * The value for a decision.
     *
     * @return null when a slot was not said and has no default
     * @throws GanglionException of kind SETUP when what was said does not fit the parameter
     */
    @Nullable Object value(Decision decision) {
        if (slots.isEmpty()) {
            return constant;
        }
        if (isOneSlot()) {
            Slot slot = slots.get(0);
            Object said = decision.parameters().get(slot.name());
            if (said == null) {
                return constant;
            }
            String value = number(said.toString(), slot.byDefault());
            return value == null ? null : spec.parse(action, value);
        }
        StringBuilder filled = new StringBuilder();
        for (Slot slot : slots) {
            Object said = decision.parameters().get(slot.name());
            String value =
                    said == null ? slot.byDefault() : number(said.toString(), slot.byDefault());
            if (value == null) {
                return null;
            }
            filled.append(slot.before()).append(value);
        }
        return spec.parse(action, filled.append(end).toString());
    }

    /** A phrase where a number is expected: its first number, else the default. */
    private @Nullable String number(String said, @Nullable String byDefault) {
        if (!spec.isNumber()) {
            return said;
        }
        Matcher number = NUMBER.matcher(said);
        return number.find() ? number.group() : byDefault;
    }
}
