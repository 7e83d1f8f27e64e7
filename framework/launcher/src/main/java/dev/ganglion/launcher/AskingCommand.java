package dev.ganglion.launcher;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A command that asks the container which runs, and starts none. */
abstract class AskingCommand implements Callable<Integer> {
    @Option(names = "--json", description = "Prints the answer as one JSON object.")
    private boolean json;

    /** {@return what is asked} */
    abstract Map<String, Object> request();

    /** Prints the answer for people. */
    abstract void print(Map<String, Object> answer, PrintStream out);

    @Override
    public Integer call() throws Exception {
        show(ask(request()));
        return 0;
    }

    boolean json() {
        return json;
    }

    /** Prints the answer as it is wanted. */
    void show(Map<String, Object> answer) throws IOException {
        if (json) {
            System.out.println(JSON.std.asString(answer));
        } else {
            print(answer, System.out);
        }
    }

    static Map<String, Object> ask(Map<String, Object> request) throws IOException {
        return new ControlClient(Container.var(Container.home())).ask(request);
    }

    /** {@return a request about a model} */
    static Map<String, Object> about(String command, String model) {
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("command", command);
        request.put("name", model);
        return request;
    }

    /** {@return the objects of a list in an answer, none when there is no such list} */
    static List<Map<?, ?>> objects(@Nullable Object list) {
        List<Map<?, ?>> objects = new ArrayList<>();
        if (list instanceof List<?> entries) {
            for (Object entry : entries) {
                if (entry instanceof Map<?, ?> object) {
                    objects.add(object);
                }
            }
        }
        return objects;
    }

    static long number(@Nullable Object value) {
        return value instanceof Number number ? number.longValue() : 0;
    }
}
