package dev.ganglion.worker.wire;

import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.api.model.ModelPackage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * What a worker is told to load, and the tensors that it answers with, as bytes. In Java's own
 * notation and not in JSON, so that a worker needs no library of the framework's.
 *
 * @param engine the class of the engine, which has a public constructor without parameters
 * @param source the package; its files are read by the worker
 * @param owner who has the options, for messages
 * @param options as text, paths absolute
 */
public record LoadRequest(
        String engine, ModelPackage source, String owner, Map<String, String> options) {

    /** A model's two lists of tensors. */
    public record Tensors(List<TensorSpec> inputs, List<TensorSpec> outputs) {
        /** {@return what {@link #read} reads} */
        public byte[] bytes() {
            return written(
                    data -> {
                        writeSpecs(data, inputs);
                        writeSpecs(data, outputs);
                    });
        }

        /** Reads what {@link #bytes} gave. */
        public static Tensors read(byte[] bytes) throws IOException {
            DataInputStream data = new DataInputStream(new ByteArrayInputStream(bytes));
            return new Tensors(readSpecs(data), readSpecs(data));
        }
    }

    private interface Writing {
        void to(DataOutputStream data) throws IOException;
    }

    private static byte[] written(Writing writing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            writing.to(new DataOutputStream(bytes));
        } catch (IOException never) {
            throw new IllegalStateException("an array took no more bytes", never);
        }
        return bytes.toByteArray();
    }

    /** {@return what {@link #read} reads} */
    public byte[] bytes() {
        return written(
                data -> {
                    writeText(data, engine);
                    writeText(data, source.id().name());
                    writeText(data, source.id().version());
                    writeText(data, source.task());
                    writeText(data, source.format());
                    writeText(data, source.folder().toString());
                    writeTexts(data, List.copyOf(source.files()));
                    writeText(data, source.weights());
                    writeSpecs(data, source.inputs());
                    writeSpecs(data, source.outputs());
                    writeMap(data, source.state());
                    data.writeInt(source.labels().size());
                    for (Map.Entry<String, List<String>> labels : source.labels().entrySet()) {
                        writeText(data, labels.getKey());
                        writeTexts(data, labels.getValue());
                    }
                    writeText(data, source.tokenizer());
                    writeText(data, source.vocabulary());
                    data.writeInt(source.maxTokens());
                    writeMap(data, source.options());
                    writeText(data, owner);
                    writeMap(data, options);
                });
    }

    /** Reads what {@link #bytes} gave. */
    public static LoadRequest read(byte[] bytes) throws IOException {
        DataInputStream data = new DataInputStream(new ByteArrayInputStream(bytes));
        String engine = readText(data);
        ModelPackage source =
                new ModelPackage(
                        new ModelId(readText(data), readText(data)),
                        readText(data),
                        readText(data),
                        Path.of(readText(data)),
                        new LinkedHashSet<>(readTexts(data)),
                        readText(data),
                        readSpecs(data),
                        readSpecs(data),
                        readMap(data),
                        readLabels(data),
                        readText(data),
                        readText(data),
                        data.readInt(),
                        readMap(data));
        return new LoadRequest(engine, source, readText(data), readMap(data));
    }

    /** Not writeUTF, which ends at 64 KiB. */
    private static void writeText(DataOutputStream data, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        data.writeInt(bytes.length);
        data.write(bytes);
    }

    private static String readText(DataInputStream data) throws IOException {
        return new String(data.readNBytes(data.readInt()), StandardCharsets.UTF_8);
    }

    private static void writeTexts(DataOutputStream data, List<String> texts) throws IOException {
        data.writeInt(texts.size());
        for (String text : texts) {
            writeText(data, text);
        }
    }

    private static List<String> readTexts(DataInputStream data) throws IOException {
        List<String> texts = new ArrayList<>();
        for (int left = data.readInt(); left > 0; left--) {
            texts.add(readText(data));
        }
        return texts;
    }

    private static void writeMap(DataOutputStream data, Map<String, String> map)
            throws IOException {
        data.writeInt(map.size());
        for (Map.Entry<String, String> entry : map.entrySet()) {
            writeText(data, entry.getKey());
            writeText(data, entry.getValue());
        }
    }

    private static Map<String, String> readMap(DataInputStream data) throws IOException {
        Map<String, String> map = new LinkedHashMap<>();
        for (int left = data.readInt(); left > 0; left--) {
            map.put(readText(data), readText(data));
        }
        return map;
    }

    private static Map<String, List<String>> readLabels(DataInputStream data) throws IOException {
        Map<String, List<String>> map = new LinkedHashMap<>();
        for (int left = data.readInt(); left > 0; left--) {
            map.put(readText(data), readTexts(data));
        }
        return map;
    }

    private static void writeSpecs(DataOutputStream data, List<TensorSpec> specs)
            throws IOException {
        data.writeInt(specs.size());
        for (TensorSpec spec : specs) {
            writeText(data, spec.name());
            writeText(data, spec.type().name());
            writeText(data, spec.unit());
            data.writeDouble(spec.rateHz());
            data.writeInt(spec.shape().size());
            for (long size : spec.shape()) {
                data.writeLong(size);
            }
        }
    }

    private static List<TensorSpec> readSpecs(DataInputStream data) throws IOException {
        List<TensorSpec> specs = new ArrayList<>();
        for (int left = data.readInt(); left > 0; left--) {
            String name = readText(data);
            Tensor.Type type = Tensor.Type.valueOf(readText(data));
            String unit = readText(data);
            double rateHz = data.readDouble();
            long[] shape = new long[data.readInt()];
            for (int axis = 0; axis < shape.length; axis++) {
                shape[axis] = data.readLong();
            }
            specs.add(TensorSpec.of(name, type, unit, shape).atRateHz(rateHz));
        }
        return specs;
    }
}
