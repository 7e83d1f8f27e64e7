package dev.ganglion.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileStore;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
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

    /** What bundles unpack at a start, and as much again for those that are dropped. */
    private static final long CACHE_BYTES = 20_000_000;

    private static final Pattern MISSING_PACKAGE =
            Pattern.compile("osgi\\.wiring\\.package=([\\w.]+)\\)(?:\\(version>=([^)]*)\\))?");

    /** Which packages another one mentions: of one loader they fit each other by themselves. */
    private static final Pattern USES = Pattern.compile(";uses:=\"[^\"]*\"");

    private final Path home;
    private final Path cache;
    private final Map<String, String> properties = new LinkedHashMap<>();
    private final List<String> problems = new CopyOnWriteArrayList<>();
    private final FutureTask<Felix> preparation = new FutureTask<>(this::begin);
    private volatile @Nullable Felix felix;
    private volatile boolean started;

    /**
     * Nothing is started yet.
     *
     * @param home the folder of the image
     */
    Container(Path home) {
        this.home = home;
        Path var = var(home);
        this.cache = var.resolve("cache-" + ProcessHandle.current().pid());
        set(Constants.FRAMEWORK_STORAGE, cache.toString());
        set(Constants.FRAMEWORK_STORAGE_CLEAN, Constants.FRAMEWORK_STORAGE_CLEAN_ONFIRSTINIT);
        set("felix.log.level", "1");
        set("felix.resolver.parallelism", "1");
        set("ganglion.home", home.toString());
        set("ganglion.var", var.toString());
        set("ganglion.models", configured("ganglion.models", home.resolve("models")));
        set("ganglion.natives", configured("ganglion.natives", home.resolve("native")));
        set("ganglion.level.routes", Integer.toString(LAST_LEVEL));
        set("felix.fileinstall.dir", bundles() + "," + home.resolve("etc"));
        set("felix.fileinstall.poll", "500");
        set("felix.fileinstall.noInitialDelay", "true");
        set("felix.fileinstall.tmpdir", cache.resolve("fileinstall").toString());
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
     */
    static void prepare() {
        Container container = new Container(home());
        Thread thread = new Thread(container.preparation, "container");
        thread.setDaemon(true);
        ahead = container;
        thread.start();
    }

    /** {@return the container that was prepared, or another of this program's image} */
    static Container take() {
        Container container = ahead;
        ahead = null;
        return container == null ? new Container(home()) : container;
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

    /** Everything that does not depend on the command: libraries, runtime and plug-ins. */
    private Felix begin() throws BundleException, IOException, InterruptedException {
        try {
            removeLeftOvers();
            Files.createDirectories(cache);
        } catch (IOException e) {
            throw new IOException(
                    "the folder "
                            + cache.getParent()
                            + " cannot be written ("
                            + e
                            + "); make room or give the user of this process the right to write there,"
                            + " or name another with GANGLION_VAR",
                    e);
        }
        refuseFullDisk();
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

    private void refuseFullDisk() throws IOException {
        FileStore store = Files.getFileStore(cache);
        long freeBytes = store.getUsableSpace();
        if (store.getTotalSpace() > 0 && freeBytes < CACHE_BYTES) {
            throw new IOException(
                    String.format(
                            Locale.ROOT,
                            "the disk of the folder %s is full: %.1f MB are free and starting takes"
                                    + " %.0f MB; make room there, or name another folder with"
                                    + " GANGLION_VAR",
                            cache.getParent(),
                            freeBytes / 1e6,
                            CACHE_BYTES / 1e6));
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

    /**
     * A process that was killed could not remove its cache; whoever comes next does, if that
     * process is gone.
     */
    private void removeLeftOvers() throws IOException {
        Path var = cache.getParent();
        if (var == null || !Files.isDirectory(var)) {
            return;
        }
        try (Stream<Path> children = Files.list(var)) {
            for (Path child : children.toList()) {
                String name = String.valueOf(child.getFileName());
                if (name.matches("cache-\\d+")
                        && ProcessHandle.of(Long.parseLong(name.substring("cache-".length())))
                                .isEmpty()) {
                    delete(child);
                }
            }
        }
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

    /** Stops everything in order and removes what was written for this process alone. */
    @Override
    public void close() {
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
        try {
            delete(cache);
        } catch (IOException e) {
            problems.add("the folder " + cache + " could not be removed (" + e + ")");
        }
    }

    private static void delete(Path folder) throws IOException {
        Files.walkFileTree(
                folder,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.deleteIfExists(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(
                            Path directory, @Nullable IOException failure) throws IOException {
                        Files.deleteIfExists(directory);
                        return FileVisitResult.CONTINUE;
                    }
                });
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
