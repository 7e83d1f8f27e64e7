package dev.ganglion.runtime.model;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.model.ModelId;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds model packages in folders {@code models/<name>/<version>/}; never writes. Thread-safe: it
 * keeps nothing.
 */
public final class ModelStore {
    private static final Pattern NUMERIC = Pattern.compile("[0-9]+");
    private static final int NUMBER = 1;

    private final Path folder;

    /**
     * A store over one folder.
     *
     * @param folder need not exist yet
     */
    public ModelStore(Path folder) {
        this.folder = folder.toAbsolutePath().normalize();
    }

    /** {@return the folder} */
    public Path folder() {
        return folder;
    }

    /**
     * {@return what lies in the folder, by name and then from the oldest to the newest version;
     * nothing is verified}
     */
    public List<ModelId> list() {
        List<ModelId> ids = new ArrayList<>();
        for (Path name : folders(folder)) {
            for (Path version : folders(name)) {
                try {
                    ids.add(
                            new ModelId(
                                    String.valueOf(name.getFileName()),
                                    String.valueOf(version.getFileName())));
                } catch (IllegalArgumentException notAModel) {
                    continue; // a folder that somebody else put there
                }
            }
        }
        ids.sort(
                Comparator.comparing(ModelId::name)
                        .thenComparing(ModelId::version, ModelStore::compareVersions));
        return ids;
    }

    private static List<Path> folders(Path parent) {
        try (Stream<Path> children = Files.list(parent)) {
            return children.filter(Files::isDirectory)
                    .filter(child -> !String.valueOf(child.getFileName()).startsWith("."))
                    .sorted()
                    .toList();
        } catch (IOException gone) {
            return List.of();
        }
    }

    /**
     * Compares versions part by part: numbers by value, and before words; a version before those
     * that go on from it.
     */
    static int compareVersions(String a, String b) {
        String[] left = a.split("[._-]");
        String[] right = b.split("[._-]");
        for (int i = 0; i < Math.max(left.length, right.length); i++) {
            String x = i < left.length ? left[i] : "";
            String y = i < right.length ? right[i] : "";
            int order = Integer.compare(rank(x), rank(y));
            if (order == 0) {
                order =
                        rank(x) == NUMBER
                                ? new BigInteger(x).compareTo(new BigInteger(y))
                                : x.compareTo(y);
            }
            if (order != 0) {
                return order;
            }
        }
        return a.compareTo(b);
    }

    /** Without it, 2 before 10 before 1a before 2 would be a circle, which no sorting ends. */
    private static int rank(String part) {
        return part.isEmpty() ? 0 : NUMERIC.matcher(part).matches() ? NUMBER : NUMBER + 1;
    }

    /** {@return the newest version of a model, or null when there is none} */
    public @Nullable ModelId newest(String name) {
        ModelId newest = null;
        for (ModelId id : list()) {
            if (id.name().equals(name)) {
                newest = id;
            }
        }
        return newest;
    }

    /** {@return what models there are, as the end of a sentence} */
    public String existing() {
        TreeSet<String> names =
                list().stream().map(ModelId::name).collect(Collectors.toCollection(TreeSet::new));
        return names.isEmpty()
                ? "there is none in " + folder
                : "there are: " + String.join(", ", names);
    }

    /**
     * Reads the card of a package; the weights are not verified, the specs are what the card
     * promises.
     *
     * @throws GanglionException of kind SETUP when it is not there, listing what is, or when the
     *     card is wrong
     */
    public ModelCard card(ModelId id) {
        Path model = folder.resolve(id.name()).resolve(id.version());
        if (!Files.isDirectory(model)) {
            String versions =
                    list().stream()
                            .filter(each -> each.name().equals(id.name()))
                            .map(ModelId::version)
                            .collect(Collectors.joining(", "));
            throw new GanglionException(
                    Kind.SETUP,
                    "there is no model "
                            + id
                            + " in "
                            + folder
                            + "; "
                            + (versions.isEmpty() ? existing() : "its versions are: " + versions));
        }
        return ModelCard.read(model);
    }

    /**
     * Reads the card and verifies every file against its checksum.
     *
     * @throws GanglionException of kind SETUP when a file is missing or damaged, naming it
     */
    public ModelCard verified(ModelId id) {
        ModelCard card = card(id);
        for (Map.Entry<String, String> file : card.sha256().entrySet()) {
            Path path = card.source().folder().resolve(file.getKey());
            if (!Files.isRegularFile(path)) {
                throw new GanglionException(
                        Kind.SETUP,
                        "the model "
                                + id
                                + " lacks its file "
                                + path
                                + ", which its card lists; install the model again");
            }
            String found = sha256(id, path);
            if (!found.equals(file.getValue())) {
                throw new GanglionException(
                        Kind.SETUP,
                        "the file "
                                + path
                                + " of model "
                                + id
                                + " is damaged: SHA-256 "
                                + file.getValue()
                                + " expected, "
                                + found
                                + " found; install the model again");
            }
        }
        return card;
    }

    private static String sha256(ModelId id, Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[1 << 16];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new GanglionException(
                    Kind.SETUP,
                    "the file " + file + " of model " + id + " cannot be read (" + e + ")",
                    e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
