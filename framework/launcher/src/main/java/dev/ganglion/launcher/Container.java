package dev.ganglion.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.felix.framework.Felix;
import org.apache.felix.framework.Logger;
import org.apache.felix.framework.util.FelixConstants;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.framework.startlevel.FrameworkStartLevel;

/**
 * Felix on the folder of an image. The program is read where it lies and never written; what is
 * written goes to one folder, {@code var}.
 */
final class Container implements AutoCloseable {
    private static final int PLUGIN_LEVEL = 3;
    private static final int LAST_LEVEL = 5;
    private static volatile @Nullable Container ahead;

    /** How long everything may take to stop. */
    static final long STOP_SECONDS = 20;

    private static final Pattern MISSING_PACKAGE =
            Pattern.compile("osgi\\.wiring\\.package=([\\w.]+)\\)(?:\\(version>=([^)]*)\\))?");

    /** Which packages another one mentions: of one loader they fit each other by themselves. */
    private static final Pattern USES = Pattern.compile(";uses:=\"[^\"]*\"");

    private final Path home;
    private final VarFolder var;
    private final Map<String, String> properties = new LinkedHashMap<>();
    private final List<String> problems = new CopyOnWriteArrayList<>();
    private final FutureTask<Felix> preparation = new FutureTask<>(this::begin);
    private volatile @Nullable Felix felix;
    private volatile @Nullable ControlSocket control;
    private volatile boolean started;

    /**
     * Nothing is started yet.
     *
     * @param home the folder of the image
     * @param serves whether it runs routes: then it is the only such one on its {@code var}, and
     *     answers the commands that are given in a second terminal
     */
    Container(Path home, boolean serves) {
        this.home = home;
        this.var = new VarFolder(var(home), serves);
        set(Constants.FRAMEWORK_STORAGE, var.cache().toString());
        set(Constants.FRAMEWORK_STORAGE_CLEAN, Constants.FRAMEWORK_STORAGE_CLEAN_ONFIRSTINIT);
        set("felix.log.level", "1");
        set("felix.resolver.parallelism", "1");
        set("ganglion.home", home.toString());
        set("ganglion.var", var.path().toString());
        set("ganglion.models", configured("ganglion.models", home.resolve("models")));
        set("ganglion.natives", configured("ganglion.natives", home.resolve("native")));
        set("ganglion.etc", configured("ganglion.etc", home.resolve("etc")));
        set("ganglion.level.routes", Integer.toString(LAST_LEVEL));
        set(
                "felix.fileinstall.dir",
                bundles() + "," + configured("ganglion.etc", home.resolve("etc")));
        set("felix.fileinstall.poll", "500");
        set("felix.fileinstall.noInitialDelay", "true");
        set("felix.fileinstall.tmpdir", var.cache().resolve("fileinstall").toString());
        set("felix.fileinstall.log.level", "1");
        set("felix.fileinstall.enableConfigSave", "false");
        set("felix.fileinstall.start.level", Integer.toString(PLUGIN_LEVEL));
        set("ds.showerrors", "false");
        set("ds.loglevel", "0");
    }

    private static String configured(String property, Path byDefault) {
        return System.getProperty(property, byDefault.toString());
    }

    /** {@return the one folder that is written to} */
    static Path var(Path home) {
        return Path.of(configured("ganglion.var", home.resolve("var"))).toAbsolutePath();
    }

    /** {@return the folder into which bundles are dropped} */
    Path bundles() {
        return Path.of(configured("ganglion.bundles", home.resolve("bundles"))).toAbsolutePath();
    }

    /** Sets a property that bundles can read: they ask the framework, which asks the system. */
    Container set(String name, String value) {
        if (name.startsWith("ganglion.")) {
            System.setProperty(name, value);
        } else {
            properties.put(name, value);
        }
        return this;
    }

    /**
     * Begins to start the container of this program's image on a thread of its own, while the
     * command line is read: everything but the routes, which depend on it.
     *
     * @param serves whether it will run routes
     */
    static void prepare(boolean serves) {
        Container container = new Container(home(), serves);
        Thread thread = new Thread(container.preparation, "container");
        thread.setDaemon(true);
        ahead = container;
        thread.start();
    }

    /** {@return the container that was prepared, or another of this program's image} */
    static Container take() {
        Container container = ahead;
        ahead = null;
        return container == null ? new Container(home(), true) : container;
    }

    /** Closes the container that was prepared and that no command took. */
    static void discard() {
        Container container = ahead;
        if (container != null) {
            ahead = null;
            container.preparation.run(); // does nothing when its own thread has begun
            try {
                container.preparation.get();
            } catch (ExecutionException e) {
                container.problems.add("the container did not start (" + e.getCause() + ")");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            container.close();
        }
    }

    /**
     * Starts it and returns when all that the image holds was started.
     *
     * @param events is told what happens
     */
    void start(Consumer<Map<String, Object>> events) throws IOException, BundleException {
        preparation.run(); // does nothing when another thread has begun
        try {
            Felix framework = preparation.get();
            framework
                    .getBundleContext()
                    .registerService(
                            Consumer.class,
                            events,
                            new Hashtable<>(Map.of("ganglion.events", "true")));
            // Bundles that were dropped are found at this level, and started by the queue that this
            // goes through once more: the routes find them there.
            to(framework, PLUGIN_LEVEL);
            to(framework, LAST_LEVEL);
            if (var.exclusive()) {
                openControl();
            }
            for (Bundle bundle : framework.getBundleContext().getBundles()) {
                boolean runs = (bundle.getState() & (Bundle.ACTIVE | Bundle.STARTING)) != 0;
                if (!runs && bundle.getHeaders().get(Constants.FRAGMENT_HOST) == null) {
                    problems.add(whyNot(bundle));
                }
            }
            started = true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException unwritable) {
                throw unwritable;
            }
            throw new BundleException(
                    "the container did not start (" + e.getCause() + ")", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void openControl() {
        try {
            control =
                    ControlSocket.open(
                            var.path(), var.cache(), this::answer, ControlSocket.SILENT_MILLIS);
        } catch (IOException e) {
            problems.add(
                    "this container cannot be asked from a second terminal, because there is no"
                            + " socket in "
                            + var.path()
                            + " ("
                            + e
                            + "); the routes run; name a folder on a local disk with GANGLION_VAR");
        }
    }

    private Map<String, Object> answer(Map<String, Object> request) {
        @SuppressWarnings("unchecked") // the container offers such a function under this name
        Function<Map<String, Object>, Map<String, Object>> service =
                command(Function.class, "control");
        return service == null
                ? ControlSocket.refused(
                        "the container has nobody who answers: it is starting or stopping, or"
                                + " 'ganglion doctor' says why")
                : service.apply(request);
    }

    /** Everything that does not depend on the command: libraries, runtime and plug-ins. */
    private Felix begin() throws BundleException, IOException, InterruptedException {
        var.open();
        Map<String, Object> configuration = new LinkedHashMap<>(properties);
        configuration.put(Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA, exports());
        configuration.put(FelixConstants.LOG_LOGGER_PROP, new Complaints());
        Felix framework = new Felix(configuration);
        felix = framework;
        framework.init();
        install(framework.getBundleContext());
        framework.start();
        to(framework, PLUGIN_LEVEL);
        return framework;
    }

    /**
     * {@return the packages of the libraries at level 0} Those lie on this program's own class
     * path, where Java's archive of classes covers them; for bundles they look like any others.
     */
    private String exports() throws IOException {
        List<String> exports = new ArrayList<>();
        try (Stream<Path> libraries = Files.list(home.resolve("system/0"))) {
            for (Path library : libraries.sorted().toList()) {
                String exported = manifest(library).getValue(Constants.EXPORT_PACKAGE);
                if (exported != null) {
                    exports.add(USES.matcher(exported).replaceAll(""));
                }
            }
        }
        return String.join(",", exports);
    }

    private static Attributes manifest(Path library) throws IOException {
        if (Files.isDirectory(library)) {
            try (InputStream in = Files.newInputStream(library.resolve(JarFile.MANIFEST_NAME))) {
                return new Manifest(in).getMainAttributes();
            }
        }
        try (JarFile jar = new JarFile(library.toFile())) {
            Manifest manifest = jar.getManifest();
            return manifest == null ? new Attributes() : manifest.getMainAttributes();
        }
    }

    private static void to(Felix framework, int level) throws InterruptedException {
        CountDownLatch reached = new CountDownLatch(1);
        framework
                .adapt(FrameworkStartLevel.class)
                .setStartLevel(
                        level,
                        event -> {
                            if (event.getType() == FrameworkEvent.STARTLEVEL_CHANGED) {
                                reached.countDown();
                            }
                        });
        reached.await();
    }

    private void install(BundleContext context) throws IOException, BundleException {
        List<Bundle> installed = new ArrayList<>();
        for (int level = 1; level <= LAST_LEVEL; level++) {
            Path folder = home.resolve("system").resolve(Integer.toString(level));
            if (!Files.isDirectory(folder)) {
                continue;
            }
            try (Stream<Path> jars = Files.list(folder)) {
                for (Path jar : jars.sorted().toList()) {
                    try {
                        Bundle bundle = context.installBundle("reference:" + jar.toUri());
                        bundle.adapt(BundleStartLevel.class).setStartLevel(level);
                        installed.add(bundle);
                    } catch (BundleException e) {
                        problems.add(
                                "the bundle "
                                        + jar
                                        + " cannot be installed ("
                                        + e.getMessage()
                                        + ")");
                    }
                }
            }
        }
        for (Bundle bundle : installed) {
            try {
                bundle.start(Bundle.START_ACTIVATION_POLICY);
            } catch (BundleException e) {
                problems.add(notStarted(bundle.getSymbolicName(), e));
            }
        }
    }

    private static String whyNot(Bundle bundle) {
        try {
            bundle.start();
            return "the bundle " + bundle.getSymbolicName() + " was stopped; start or remove it";
        } catch (BundleException e) {
            return notStarted(bundle.getSymbolicName(), e);
        }
    }

    private static String notStarted(@Nullable String bundle, BundleException e) {
        String message = String.valueOf(e.getMessage()).replaceAll("\\s*\\R\\s*", " ");
        Matcher missing = MISSING_PACKAGE.matcher(message);
        if (missing.find()) {
            return "the bundle "
                    + bundle
                    + " cannot be started: it needs the package "
                    + missing.group(1)
                    + (missing.group(2) == null
                            ? ""
                            : ", version " + missing.group(2) + " or newer")
                    + ", which no other bundle offers; drop one that does, or remove this one";
        }
        Throwable cause = e.getCause();
        return "the bundle "
                + bundle
                + " cannot be started ("
                + (cause == null ? message : cause)
                + "); mend or remove it";
    }

    /**
     * What Felix complains about while the container runs, on standard error: standard output
     * belongs to the commands. What failed at the start is among the {@link #problems}.
     */
    private final class Complaints extends Logger {
        private final Pattern bundle = Pattern.compile("Bundle (\\S+)");

        @Override
        protected void doLogOut(int level, String message, @Nullable Throwable thrown) {
            if (thrown instanceof BundleException e) {
                if (started) {
                    Matcher named = bundle.matcher(message);
                    System.err.println(
                            "ganglion: " + notStarted(named.find() ? named.group(1) : "", e));
                }
            } else {
                System.err.println("ganglion: " + message);
            }
        }
    }

    /** {@return what could not be started, one sentence each} */
    List<String> problems() {
        return problems;
    }

    /** {@return the service that offers this command, or null when it is not there} */
    <S> @Nullable S command(Class<S> type, String name) {
        Felix framework = felix;
        if (framework == null) {
            return null;
        }
        BundleContext context = framework.getBundleContext();
        try {
            for (ServiceReference<S> reference :
                    context.getServiceReferences(type, "(ganglion.command=" + name + ")")) {
                return context.getService(reference);
            }
        } catch (InvalidSyntaxException e) {
            throw new IllegalArgumentException(name, e);
        }
        return null;
    }

    /**
     * Stops everything in order and removes what was written for this process alone. Whoever calls
     * it while it is under way waits, because the process may end right after.
     */
    @Override
    public synchronized void close() {
        try (this.var) {
            closeControl();
            stop();
        } catch (IOException e) {
            problems.add("what lies in " + var.path() + " could not be removed (" + e + ")");
        }
    }

    private void closeControl() {
        try (ControlSocket answering = control) {
            control = null;
        } catch (IOException e) {
            problems.add("the socket in " + var.path() + " could not be removed (" + e + ")");
        }
    }

    private void stop() {
        Felix framework = felix;
        if (framework == null) {
            return;
        }
        felix = null;
        // Threads of libraries (Netty's) end a moment after their bundle, and miss its classes
        // then.
        Thread.setDefaultUncaughtExceptionHandler(
                (thread, thrown) -> {
                    if (!(thrown instanceof NoClassDefFoundError)) {
                        System.err.println("ganglion: thread " + thread.getName() + ": " + thrown);
                    }
                });
        try {
            framework.stop();
            framework.waitForStop(TimeUnit.SECONDS.toMillis(STOP_SECONDS));
        } catch (BundleException e) {
            problems.add("the container did not stop cleanly (" + e.getMessage() + ")");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** {@return the folder of the image that this program belongs to} */
    static Path home() {
        String home = System.getProperty("ganglion.home");
        if (home == null) {
            throw new IllegalStateException(
                    "the system property ganglion.home names no image; start with the script ganglion");
        }
        return Path.of(home).toAbsolutePath();
    }
}
