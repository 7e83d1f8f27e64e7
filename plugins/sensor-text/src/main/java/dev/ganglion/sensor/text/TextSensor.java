package dev.ganglion.sensor.text;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.sense.Sensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;

/**
 * Gives each line of a file, of a folder's files or of standard input as one utterance: a {@code
 * Sample<CharSequence>} whose {@code last} is true and whose text is valid until {@code put}
 * returns.
 *
 * <p>The stream is the file as it can be found from the folder in which the program was started,
 * absolute when it lies elsewhere or was given so, and {@code stdin} for standard input. The
 * sequence is the number of the line, from 1; lines of blanks are counted and not given. When a
 * file that is followed is cut or replaced, its lines are counted from 1 again in messages, while
 * the sequence goes on rising.
 */
@Component(service = Sensor.class)
public final class TextSensor implements Sensor {
    private static final String STANDARD_INPUT = "-";
    private static final int LISTED_FILES = 5;

    private final StandardInput standardInput;

    /** A sensor whose standard input is that of the process. */
    public TextSensor() {
        this(System.in);
    }

    /**
     * A sensor with another standard input.
     *
     * @param standardInput read by a daemon thread from the first opening of {@code -} on, until it
     *     ends; never closed
     */
    public TextSensor(InputStream standardInput) {
        this.standardInput = new StandardInput(standardInput);
    }

    @Override
    public String name() {
        return "text";
    }

    @Override
    public List<Parameter> options() {
        return List.of(
                Parameter.path("path")
                        .required()
                        .describedAs("a file, a folder, or - for standard input"),
                Parameter.flag("follow")
                        .withDefault("false")
                        .describedAs("whether to wait for lines that are written later"),
                Parameter.choice("from", List.of("start", "end"))
                        .withDefault("start")
                        .describedAs("where to begin in files that are there already"),
                Parameter.text("include")
                        .withDefault("*.txt")
                        .describedAs("which files of a folder, as a glob over their names"),
                Parameter.integer("maxLineBytes", "By", 1, 16 * 1024 * 1024)
                        .withDefault("65536")
                        .describedAs("the longest line; longer ones are refused"));
    }

    @Override
    public TensorSpec output(Options options) {
        return TensorSpec.TEXT;
    }

    @Override
    public AutoCloseable open(Options options, Sink sink) {
        boolean fromEnd = "end".equals(options.text("from"));
        if (STANDARD_INPUT.equals(options.text("path"))) {
            if (fromEnd) {
                throw setup(
                        options,
                        "from=end needs a file, and path=- is standard input; leave it out");
            }
            if (!standardInput.acquire()) {
                throw setup(
                        options,
                        "standard input is already read by another route, and its lines cannot go"
                                + " to both; stop that one or read a file");
            }
            return new StandardInputReading(standardInput, sink, maximumLineBytes(options)).start();
        }
        boolean follow = options.flag("follow");
        if (fromEnd && !follow) {
            throw setup(
                    options,
                    "from=end gives nothing without follow=true, which was expected beside it; add"
                            + " it or leave from out");
        }
        Path path = options.path("path");
        TextFiles.Source source = source(options, path);
        FolderEvents events = follow ? new FolderEvents(folders(path)) : null;
        try {
            Map<Path, Long> startAtBytes = check(options, source, follow, fromEnd);
            return new TextFiles(source, events, startAtBytes, sink, maximumLineBytes(options))
                    .start();
        } catch (RuntimeException e) {
            if (events != null) {
                events.close();
            }
            throw e;
        }
    }

    private static int maximumLineBytes(Options options) {
        return (int) options.integer("maxLineBytes");
    }

    private TextFiles.Source source(Options options, Path path) {
        if (!Files.exists(path)) {
            throw setup(
                    options,
                    "there is no file or folder '"
                            + options.text("path")
                            + "' at "
                            + path
                            + "; "
                            + whatIsThere(path.getParent())
                            + ", set path to something that is there or to - for standard input");
        }
        if (!Files.isReadable(path)) {
            throw unreadable(options, path, null);
        }
        boolean absolute = Path.of(options.text("path")).isAbsolute();
        if (Files.isDirectory(path)) {
            return new TextFiles.Source(path, matcher(options), file -> streamName(file, absolute));
        }
        if (!Files.isRegularFile(path)) {
            throw setup(
                    options,
                    path
                            + " is neither a file nor a folder; give a pipe or a device as standard"
                            + " input, with path=- and '< "
                            + path
                            + "'");
        }
        return new TextFiles.Source(path, null, file -> streamName(file, absolute));
    }

    private PathMatcher matcher(Options options) {
        try {
            return FileSystems.getDefault().getPathMatcher("glob:" + options.text("include"));
        } catch (PatternSyntaxException e) {
            throw new GanglionException(
                    GanglionException.Kind.SETUP,
                    options.owner()
                            + ": include takes a glob such as *.txt or *.{txt,log}, found '"
                            + options.text("include")
                            + "' ("
                            + e.getDescription()
                            + ")",
                    e);
        }
    }

    /** {@return the lengths of the files to whose end the reading goes first} */
    private Map<Path, Long> check(
            Options options, TextFiles.Source source, boolean follow, boolean fromEnd) {
        Map<Path, Long> startAtBytes = new HashMap<>();
        Path path = source.path();
        try {
            List<Path> files = source.files();
            if (files.isEmpty() && !follow) {
                throw setup(
                        options,
                        "no file in "
                                + path
                                + " matches include="
                                + options.text("include")
                                + "; "
                                + whatIsThere(path)
                                + ", set include to a glob that matches or follow=true to wait");
            }
            for (Path file : files) {
                path = file;
                if (!Files.isReadable(file)) {
                    throw unreadable(options, file, null);
                }
                if (fromEnd) {
                    startAtBytes.put(file, Files.size(file));
                }
            }
            return startAtBytes;
        } catch (IOException e) {
            throw unreadable(options, path, e);
        }
    }

    private static Set<Path> folders(Path path) {
        Set<Path> folders = new LinkedHashSet<>();
        boolean folder = Files.isDirectory(path);
        folders.add(folder ? path : parent(path));
        try {
            Path real = path.toRealPath();
            folders.add(folder ? real : parent(real));
        } catch (IOException notALink) {
            // Then the path as given is the only one there is to watch.
            return folders;
        }
        return folders;
    }

    private static Path parent(Path path) {
        Path parent = path.getParent();
        return parent == null ? path : parent;
    }

    private static String streamName(Path file, boolean absolute) {
        Path here = Path.of("").toAbsolutePath();
        return (!absolute && file.startsWith(here) ? here.relativize(file) : file).toString();
    }

    private static String whatIsThere(@Nullable Path folder) {
        if (folder == null || !Files.isDirectory(folder)) {
            return "its folder is not there either";
        }
        try (Stream<Path> entries = Files.list(folder)) {
            List<String> names =
                    entries.map(entry -> entry.getFileName().toString()).sorted().toList();
            if (names.isEmpty()) {
                return "the folder is empty";
            }
            return "the folder has "
                    + names.stream().limit(LISTED_FILES).collect(Collectors.joining(", "))
                    + (names.size() > LISTED_FILES
                            ? " and " + (names.size() - LISTED_FILES) + " more"
                            : "");
        } catch (IOException notReadable) {
            return "its folder cannot be listed";
        }
    }

    private static GanglionException unreadable(
            Options options, Path path, @Nullable IOException cause) {
        return new GanglionException(
                GanglionException.Kind.SETUP,
                options.owner()
                        + ": "
                        + path
                        + " is there and cannot be read"
                        + (cause == null ? "" : " (" + cause + ")")
                        + "; give the user '"
                        + System.getProperty("user.name")
                        + "' the right to read it",
                cause);
    }

    private static GanglionException setup(Options options, String what) {
        return new GanglionException(GanglionException.Kind.SETUP, options.owner() + ": " + what);
    }
}
