package dev.ganglion.runtime.cascade;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * What the owner allows to leave the machine, and whereto, from the file {@code etc/peers.yaml}:
 *
 * <pre>
 * peers:
 *   "http://192.168.1.20:8080": [household, public]
 * </pre>
 *
 * What is not here goes nowhere; without the file nothing does. What is of class {@code private}
 * cannot be allowed. Immutable.
 */
public final class PeerRules {
    /** The name of the file in {@code etc}. */
    public static final String FILE = "peers.yaml";

    /** The classes of privacy, the strictest first. */
    public static final List<String> CLASSES = List.of("private", "household", "public");

    /** Nothing leaves. */
    public static final PeerRules NONE = new PeerRules(Map.of());

    private final Map<String, List<String>> allowed;

    private PeerRules(Map<String, List<String>> allowed) {
        this.allowed = Map.copyOf(allowed);
    }

    /**
     * Reads the owner's file.
     *
     * @throws GanglionException of kind SETUP when it says something that cannot be
     */
    public static PeerRules read(Path file) {
        Object root;
        try {
            root =
                    new Load(LoadSettings.builder().setLabel(file.toString()).build())
                            .loadFromString(Files.readString(file));
        } catch (NoSuchFileException nothingAllowed) {
            return NONE;
        } catch (YamlEngineException e) {
            throw new GanglionException(
                    Kind.SETUP,
                    "the peers file is not YAML: "
                            + String.valueOf(e.getMessage()).replaceAll("\\s*\\R\\s*", " "),
                    e);
        } catch (IOException e) {
            throw new GanglionException(
                    Kind.SETUP, "the peers file " + file + " cannot be read (" + e + ")", e);
        }
        if (!(root instanceof Map<?, ?> map)
                || map.size() != 1
                || !(map.get("peers") instanceof Map<?, ?> peers)) {
            throw new GanglionException(
                    Kind.SETUP,
                    "the peers file "
                            + file
                            + " has the one key 'peers', with addresses and the classes of privacy"
                            + " that may go there, found '"
                            + root
                            + "'");
        }
        Map<String, List<String>> allowed = new LinkedHashMap<>();
        peers.forEach(
                (address, classes) -> allowed.put(origin(file, address), list(file, classes)));
        return new PeerRules(allowed);
    }

    private static String origin(Path file, @Nullable Object address) {
        try {
            URI uri = URI.create(String.valueOf(address));
            if (uri.getScheme() != null && uri.getAuthority() != null) {
                return origin(uri);
            }
        } catch (IllegalArgumentException notAnAddress) {
            // Said below.
        }
        throw new GanglionException(
                Kind.SETUP,
                "the peers file "
                        + file
                        + " names '"
                        + address
                        + "'; an address such as http://192.168.1.20:8080 expected");
    }

    private static List<String> list(Path file, @Nullable Object classes) {
        if (classes instanceof List<?> list
                && !list.isEmpty()
                && list.stream().allMatch(each -> each != null && !each.equals("private"))
                && list.stream().allMatch(each -> CLASSES.contains(String.valueOf(each)))) {
            return list.stream().map(String::valueOf).toList();
        }
        throw new GanglionException(
                Kind.SETUP,
                "the peers file "
                        + file
                        + " allows '"
                        + classes
                        + "'; a list of household and public expected: what is private never"
                        + " leaves");
    }

    private static String origin(URI uri) {
        return uri.getScheme() + "://" + uri.getAuthority();
    }

    /**
     * {@return why something of this class may not go to this address, as the end of a sentence;
     * null when it may}
     */
    public @Nullable String refusal(URI peer, String privacy) {
        List<String> classes = allowed.get(origin(peer));
        if (classes == null) {
            return "the owner does not allow anything to go to "
                    + origin(peer)
                    + " (etc/"
                    + FILE
                    + ")";
        }
        return classes.contains(privacy)
                ? null
                : "it is of the class '"
                        + privacy
                        + "', and the owner allows only "
                        + String.join(", ", classes)
                        + " to go to "
                        + origin(peer);
    }
}
