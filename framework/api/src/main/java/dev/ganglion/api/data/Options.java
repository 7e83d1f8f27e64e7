package dev.ganglion.api.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The values of a plug-in's options, checked against what it declares. Immutable.
 *
 * <p>A path is relative to the folder of the file that names it; when nothing is there, to the
 * folder in which the program was started.
 */
public final class Options {
    private final String owner;
    private final Map<String, Object> values;
    private final Path folder;
    private final List<Parameter> declared;

    private Options(
            String owner, List<Parameter> declared, Map<String, Object> values, Path folder) {
        this.owner = owner;
        this.declared = declared;
        this.values = values;
        this.folder = folder;
    }

    /**
     * Checks what was given against what is declared, and fills in the defaults.
     *
     * @param owner who has the options, for messages: {@code decide:slots}
     * @param folder what relative paths start from
     * @throws GanglionException of kind SETUP for an unknown, missing or unfitting option, listing
     *     those that exist
     */
    public static Options of(
            String owner, List<Parameter> declared, Map<String, ?> given, Path folder) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (Parameter parameter : declared) {
            Object value = given.get(parameter.name());
            if (value == null) {
                value = parameter.defaultValue();
            }
            if (value != null) {
                values.put(parameter.name(), parameter.parse(owner, value));
            } else if (parameter.isRequired()) {
                throw new GanglionException(
                        GanglionException.Kind.SETUP,
                        owner
                                + " needs the option '"
                                + parameter.name()
                                + "' ("
                                + parameter.expected()
                                + "), and it is not given; "
                                + exist(declared));
            }
        }
        for (String name : given.keySet()) {
            if (declared.stream().noneMatch(parameter -> parameter.name().equals(name))) {
                throw new GanglionException(
                        GanglionException.Kind.SETUP,
                        owner + " has no option '" + name + "'; " + exist(declared));
            }
        }
        return new Options(owner, List.copyOf(declared), values, folder);
    }

    private static String exist(List<Parameter> declared) {
        return declared.isEmpty()
                ? "it has none"
                : "it has: "
                        + declared.stream()
                                .map(Parameter::toString)
                                .collect(Collectors.joining(", "));
    }

    /** {@return who has these options, for messages} */
    public String owner() {
        return owner;
    }

    /** {@return whether the option was given or has a default} */
    public boolean has(String name) {
        return values.containsKey(name);
    }

    /** {@return the value of an option that is text} */
    public String text(String name) {
        return value(name, String.class);
    }

    /** {@return the value of an option that is a number, in its unit} */
    public double number(String name) {
        return value(name, Double.class);
    }

    /** {@return the value of an option that is a whole number, in its unit} */
    public long integer(String name) {
        return value(name, Long.class);
    }

    /** {@return the value of an option that is true or false} */
    public boolean flag(String name) {
        return value(name, Boolean.class);
    }

    /**
     * {@return the value of an option that is a path, absolute; whether it exists is for the
     * plug-in to say}
     */
    public Path path(String name) {
        Path given = Path.of(text(name));
        Path beside = folder.resolve(given).toAbsolutePath().normalize();
        Path here = given.toAbsolutePath().normalize();
        return !Files.exists(beside) && Files.exists(here) ? here : beside;
    }

    /** {@return the value of an option, of whichever type it is} */
    public Object value(String name) {
        return value(name, Object.class);
    }

    private <T> T value(String name, Class<T> type) {
        @Nullable Object value = values.get(name);
        if (value == null) {
            boolean known = declared.stream().anyMatch(parameter -> parameter.name().equals(name));
            throw new IllegalArgumentException(
                    owner
                            + (known ? " was given no '" : " declares no option '")
                            + name
                            + "'; "
                            + exist(declared));
        }
        return type.cast(value);
    }

    @Override
    public String toString() {
        return owner + values;
    }
}
