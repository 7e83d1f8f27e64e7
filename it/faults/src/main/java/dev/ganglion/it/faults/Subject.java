package dev.ganglion.it.faults;

import dev.ganglion.runtime.model.Isolation;
import java.util.List;

/** What is put under load: a model on an engine, in the container or beside it. */
enum Subject {
    /** A real quantised transformer. */
    ONNXRUNTIME("onnxruntime", "onnxruntime", Models.NLU, Isolation.IN_PROCESS),
    /** The engine of the testkit, in the place of a second real one. */
    TOY("toy", "toy", Models.TOY, Isolation.IN_PROCESS),
    /** The transformer in a process of its own. */
    WORKER("onnxruntime, worker", "onnxruntime", Models.NLU, "worker");

    /** What a person says, 7 tokens of nlu-micro. */
    private static final String COMMAND = "turn on the kitchen lights";

    /** 22 tokens of nlu-micro, for which the cost of a worker is promised. */
    static final String LONG_COMMAND =
            "turn on the lights in the living room and set the temperature of the bedroom to twenty"
                    + " one degrees please";

    private final String label;
    private final String engine;
    private final String model;
    private final String isolation;

    Subject(String label, String engine, String model, String isolation) {
        this.label = label;
        this.engine = engine;
        this.model = model;
        this.isolation = isolation;
    }

    String label() {
        return label;
    }

    String engine() {
        return engine;
    }

    String model() {
        return model;
    }

    /** {@return where the model runs} */
    String isolation() {
        return isolation;
    }

    boolean usesOnnxRuntime() {
        return engine.equals("onnxruntime");
    }

    /** {@return the steps of the route under test} */
    List<String> steps() {
        return usesOnnxRuntime()
                ? List.of("encode:wordpiece", "infer:" + model, "decide:slots")
                : List.of("infer:" + model, "decide:toy-argmax");
    }

    /** {@return what a message holds, as an option of {@code sense:load}} */
    String message() {
        return usesOnnxRuntime() ? "text: " + COMMAND : "features: " + Models.FEATURES;
    }

    /** {@return what a message of 22 tokens holds, likewise} */
    static String longMessage() {
        return "text: " + LONG_COMMAND;
    }
}
