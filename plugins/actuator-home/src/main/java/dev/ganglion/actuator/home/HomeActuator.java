package dev.ganglion.actuator.home;

import dev.ganglion.api.act.ActionSpec;
import dev.ganglion.api.act.Actuator;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Component;

/**
 * Opens a home that exists in memory. All devices that are open on the same file, by whatever route
 * and under whatever name of the file, share one state; it is forgotten when the last of them is
 * closed.
 */
@Component(service = Actuator.class)
public final class HomeActuator implements Actuator {
    private static final String STANDARD_ERROR = "stderr";
    private static final String NOWHERE = "none";

    /** Stands for the home that comes with the plug-in; a file's real path is absolute. */
    private static final Path EMBEDDED = Path.of("");

    private final PrintStream standardError;
    private final Clock clock;
    private final Map<Path, Home> homes = new HashMap<>();

    /** An actuator that prints to the standard error of the process. */
    public HomeActuator() {
        this(System.err);
    }

    /**
     * An actuator that prints elsewhere.
     *
     * @param standardError takes the lines when the option {@code print} is {@code stderr}; never
     *     closed
     */
    public HomeActuator(PrintStream standardError) {
        this(standardError, Clock.systemDefaultZone());
    }

    /** The same, in another time. */
    HomeActuator(PrintStream standardError, Clock clock) {
        this.standardError = standardError;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "home";
    }

    @Override
    public List<Parameter> options() {
        return List.of(
                Parameter.path("home")
                        .describedAs(
                                "a YAML or JSON file of rooms and devices; a home of seven rooms"
                                        + " if absent"),
                Parameter.path("print")
                        .withDefault(STANDARD_ERROR)
                        .describedAs(
                                "where each change goes as a line of JSON: stderr, none, or a file"
                                        + " that is appended to"));
    }

    @Override
    public List<ActionSpec> actions(Options options) {
        return options.has("home")
                ? HomeDevice.actions(PlanFile.read(options.owner(), realPath(options.path("home"))))
                : HomeDevice.ACTIONS;
    }

    @Override
    public List<Parameter> facts(Options options) {
        return Touched.facts(plan(options));
    }

    @Override
    public List<Map<String, Object>> touches(
            Options options, String action, Map<String, Object> parameters) {
        return Touched.by(plan(options), action, parameters);
    }

    /** That of the home which is open, or else of the file. */
    private Plan plan(Options options) {
        Path key = options.has("home") ? realPath(options.path("home")) : EMBEDDED;
        synchronized (homes) {
            Home home = homes.get(key);
            if (home != null) {
                return home.plan();
            }
        }
        return read(options.owner(), key);
    }

    private static Plan read(String owner, Path key) {
        return key.equals(EMBEDDED) ? PlanFile.embedded(owner) : PlanFile.read(owner, key);
    }

    @Override
    public Device open(Options options) {
        PrintStream out = out(options);
        try {
            Path key = options.has("home") ? realPath(options.path("home")) : EMBEDDED;
            Home home = acquire(options.owner(), key);
            return new HomeDevice(
                    home,
                    clock,
                    line -> print(options, out, line),
                    () -> {
                        release(key, home);
                        closeUnlessShared(out);
                    });
        } catch (RuntimeException e) {
            closeUnlessShared(out);
            throw e;
        }
    }

    /** A stream keeps its failures to itself: what was not written must be asked for. */
    private void print(Options options, PrintStream out, String line) {
        out.println(line);
        if (out != standardError && out.checkError()) {
            throw new GanglionException(
                    GanglionException.Kind.RETRY,
                    options.owner()
                            + ": a change could not be written to print="
                            + options.text("print")
                            + "; make room on its disk, or name another file");
        }
    }

    private static Path realPath(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException notThere) {
            // Reading it says so in better words.
            return path;
        }
    }

    private Home acquire(String owner, Path key) {
        synchronized (homes) {
            Home home = homes.get(key);
            if (home == null) {
                home = new Home(read(owner, key));
                homes.put(key, home);
            }
            home.users++;
            return home;
        }
    }

    private void release(Path key, Home home) {
        synchronized (homes) {
            home.users--;
            if (home.users == 0) {
                homes.remove(key);
            }
        }
    }

    private PrintStream out(Options options) {
        switch (options.text("print")) {
            case STANDARD_ERROR:
                return standardError;
            case NOWHERE:
                return new PrintStream(OutputStream.nullOutputStream());
            default:
                Path file = options.path("print");
                try {
                    return new PrintStream(
                            Files.newOutputStream(
                                    file, StandardOpenOption.CREATE, StandardOpenOption.APPEND),
                            true,
                            StandardCharsets.UTF_8);
                } catch (IOException e) {
                    throw new GanglionException(
                            GanglionException.Kind.SETUP,
                            options.owner()
                                    + ": print="
                                    + file
                                    + " cannot be written ("
                                    + e
                                    + "); name a file in a folder that is there and writable, "
                                    + STANDARD_ERROR
                                    + " or "
                                    + NOWHERE,
                            e);
                }
        }
    }

    private void closeUnlessShared(PrintStream out) {
        if (out != standardError) {
            out.close();
        }
    }
}
