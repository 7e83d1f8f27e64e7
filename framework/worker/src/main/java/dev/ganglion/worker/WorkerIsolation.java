package dev.ganglion.worker;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.runtime.model.Isolation;
import dev.ganglion.worker.sandbox.Sandbox;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Runs each model in a process of its own, with the engine that would have run it here. */
public final class WorkerIsolation implements Isolation, AutoCloseable {
    private final UnaryOperator<@Nullable String> properties;
    private final Function<Engine, List<Path>> jars;
    private final Settings settings;
    private final Set<WorkerModel> models = ConcurrentHashMap.newKeySet();
    private @Nullable Sandbox sandbox;

    /**
     * In plain Java, where workers have the class path of this process.
     *
     * @param properties gives the value of a property {@code ganglion.*}, or null: {@link
     *     System#getProperty(String)}
     * @throws GanglionException of kind SETUP when a property has a value that it does not take
     */
    public WorkerIsolation(UnaryOperator<@Nullable String> properties) {
        this(properties, engine -> List.of());
    }

    /**
     * Where engines have class loaders of their own.
     *
     * @param properties as above
     * @param jars the jars and folders in which an engine's classes are, and this class's own;
     *     those of this process's class path follow them
     */
    public WorkerIsolation(
            UnaryOperator<@Nullable String> properties, Function<Engine, List<Path>> jars) {
        this.properties = properties;
        this.jars = jars;
        settings = Settings.of(properties);
    }

    @Override
    public String name() {
        return "worker";
    }

    /**
     * Starts a worker and waits until it has loaded the model. What the engine throws is thrown
     * here.
     *
     * @throws GanglionException of kind SETUP as well when the worker could not be started, or
     *     ended or took too long while it loaded
     */
    @Override
    public WorkerModel load(Engine engine, ModelPackage source, Options options) {
        String prefix = "ganglion.worker." + engine.name() + ".";
        Set<Path> classPath = new LinkedHashSet<>();
        classPath.addAll(paths(properties.apply(prefix + "classpath")));
        classPath.addAll(jars.apply(engine));
        classPath.addAll(paths(System.getProperty("java.class.path")));
        List<Path> natives = paths(properties.apply(prefix + "natives"));
        if (natives.isEmpty()) {
            natives = paths(properties.apply("ganglion.natives"));
        }
        Plan plan =
                Plan.of(
                        engine,
                        source,
                        options,
                        List.copyOf(classPath),
                        natives.isEmpty() ? null : natives.get(0).toString());
        return WorkerModel.load(plan, settings, sandbox(), models);
    }

    /** {@return the word with the sandbox that the worker runs in} */
    @Override
    public String describe(Model model) {
        return name()
                + " (sandbox: "
                + (model instanceof WorkerModel worker ? worker.sandbox() : "unknown")
                + ")";
    }

    private synchronized Sandbox sandbox() {
        if (sandbox == null) {
            sandbox = Sandbox.choose(settings.sandbox());
            LeftOvers.delete(settings.folder());
            LeftOvers.delete(WorkerFolders.MEMORY);
        }
        return sandbox;
    }

    /** Workers have another working folder, so that relative paths would mean something else. */
    private static List<Path> paths(@Nullable String classPath) {
        List<Path> paths = new ArrayList<>();
        for (String each : (classPath == null ? "" : classPath).split(File.pathSeparator)) {
            if (!each.isBlank()) {
                paths.add(Path.of(each).toAbsolutePath().normalize());
            }
        }
        return paths;
    }

    /** Ends all workers; calls in flight fail. */
    @Override
    public void close() {
        List.copyOf(models).forEach(WorkerModel::close);
    }
}
