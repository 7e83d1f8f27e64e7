package dev.ganglion.worker;

import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.worker.wire.LoadRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is to be run, the same for each worker that is started for a model.
 *
 * @param model the model's id, for messages
 * @param engine the engine's name, for messages
 * @param request what a worker is told
 * @param classPath of a worker
 * @param readable what else a worker may read
 * @param natives the folder of native libraries, or null
 */
record Plan(
        String model,
        String engine,
        LoadRequest request,
        List<Path> classPath,
        List<Path> readable,
        @Nullable String natives) {
    static Plan of(
            Engine engine,
            ModelPackage source,
            Options options,
            List<Path> classPath,
            @Nullable String natives) {
        List<Path> readable = new ArrayList<>(List.of(source.folder()));
        for (String file : source.files()) {
            readable.add(source.file(file));
        }
        Map<String, String> values = new LinkedHashMap<>();
        for (Parameter parameter : engine.options()) {
            String name = parameter.name();
            if (options.has(name)) {
                if (parameter.expected().equals(Parameter.path("").expected())) {
                    readable.add(options.path(name));
                    values.put(name, options.path(name).toString());
                } else {
                    values.put(name, text(options, parameter));
                }
            }
        }
        return new Plan(
                source.id().toString(),
                engine.name(),
                new LoadRequest(engine.getClass().getName(), source, options.owner(), values),
                List.copyOf(classPath),
                readable,
                natives);
    }

    /** Options give a value in its own type only, and do not say which that is. */
    private static String text(Options options, Parameter parameter) {
        String name = parameter.name();
        String expected = parameter.expected();
        if (expected.equals(Parameter.flag("").expected())) {
            return Boolean.toString(options.flag(name));
        }
        if (!parameter.isNumber()) {
            return options.text(name);
        }
        return expected.startsWith("a whole number")
                ? Long.toString(options.integer(name))
                : Double.toString(options.number(name));
    }
}
