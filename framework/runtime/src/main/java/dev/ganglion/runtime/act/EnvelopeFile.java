package dev.ganglion.runtime.act;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * The owner's file as it is written; what it says of an actuator is read when a route opens that
 * actuator, because only then is known what it can do. Compared by identity: a file that is read
 * again is another one.
 */
final class EnvelopeFile {
    private static final long MEGABYTES = 10;

    final String name;

    /** What is said of each actuator. */
    final Map<String, Map<?, ?>> actuators;

    /** Whether the audit log has what was said. */
    final boolean text;

    /** How large the audit log may become before it is rotated. */
    final long megabytes;

    /** Why nothing at all is done, or empty. */
    final String problem;

    private EnvelopeFile(
            String name,
            Map<String, Map<?, ?>> actuators,
            boolean text,
            long megabytes,
            String problem) {
        this.name = name;
        this.actuators = actuators;
        this.text = text;
        this.megabytes = megabytes;
        this.problem = problem;
    }

    /** There is no such file: what the devices declare holds. */
    static EnvelopeFile absent() {
        return new EnvelopeFile("", Map.of(), false, MEGABYTES, "");
    }

    /** A file that was never good: nothing is done rather than anything. */
    static EnvelopeFile broken(String problem) {
        return new EnvelopeFile("", Map.of(), false, MEGABYTES, problem);
    }

    /**
     * Reads the file; {@link #absent} when it is not there.
     *
     * @throws GanglionException of kind SETUP when it cannot be read or is not as expected
     */
    static EnvelopeFile read(Path file) {
        if (Files.notExists(file)) {
            return absent();
        }
        Object root;
        try {
            root =
                    new Load(LoadSettings.builder().setLabel(file.toString()).build())
                            .loadFromString(Files.readString(file));
        } catch (YamlEngineException e) {
            throw new GanglionException(
                    Kind.SETUP,
                    file
                            + " is not YAML: "
                            + String.valueOf(e.getMessage()).replaceAll("\\s*\\R\\s*", " "),
                    e);
        } catch (IOException e) {
            throw new GanglionException(
                    Kind.SETUP,
                    file
                            + " cannot be read ("
                            + e
                            + "); it must be a text file in UTF-8 that the user of this process may"
                            + " read",
                    e);
        }
        String where = file.toString();
        EnvelopeYaml yaml = new EnvelopeYaml(where);
        Map<?, ?> map = yaml.map("", root, List.of("actuators", "audit"));
        Map<?, ?> audit = yaml.map("audit", map.get("audit"), List.of("text", "megabytes"));
        Map<String, Map<?, ?>> actuators = new LinkedHashMap<>();
        @Nullable Object all = map.get("actuators");
        if (all != null && !(all instanceof Map<?, ?>)) {
            throw yaml.refused("actuators", "the names of actuators, each with its rules", all);
        }
        if (all instanceof Map<?, ?> named) {
            named.forEach(
                    (actuator, rules) ->
                            actuators.put(
                                    String.valueOf(actuator),
                                    yaml.map("actuators, " + actuator, rules, EnvelopeRules.KEYS)));
        }
        return new EnvelopeFile(
                where,
                actuators,
                yaml.flag("audit, text", audit.get("text")),
                yaml.whole("audit, megabytes", audit.get("megabytes"), 1, 1000, MEGABYTES),
                "");
    }
}
