package dev.ganglion.engine.onnxruntime;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.TensorInfo;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.model.ModelPackage;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What tensors a model takes and gives, and how they are handed to the runtime. */
final class Signature {
    private Signature() {}

    /**
     * What the card and the file agree on: the card's units and its narrower sizes.
     *
     * @param side {@code input} or {@code output}, for messages
     * @param file the tensors in the file, in its order
     * @param hidden those of them that are state, which the card leaves out
     * @param card what the card says; empty when it says nothing
     * @param all whether the card must list every tensor: outputs that nobody wants may be left out
     * @throws GanglionException of kind SETUP, naming both sides
     */
    static List<TensorSpec> agree(
            ModelPackage source,
            String side,
            Map<String, NodeInfo> file,
            Set<String> hidden,
            List<TensorSpec> card,
            boolean all) {
        List<String> shown = file.keySet().stream().filter(name -> !hidden.contains(name)).toList();
        if (card.isEmpty()) {
            return shown.stream().map(name -> spec(source, side, file, name)).toList();
        }
        Set<String> listed = card.stream().map(TensorSpec::name).collect(Collectors.toSet());
        if (!shown.containsAll(listed)
                || listed.size() != card.size()
                || (all && !listed.containsAll(shown))) {
            throw disagree(
                    source, "lists the " + side + "s " + card, "has " + describe(file, shown));
        }
        List<TensorSpec> agreed = new ArrayList<>();
        for (TensorSpec said : card) {
            TensorSpec found = spec(source, side, file, said.name());
            TensorSpec offered =
                    new TensorSpec(said.name(), found.type(), found.shape(), said.unit());
            if (said.mismatch(offered) != null) {
                throw disagree(source, "says " + side + " " + said, "has " + found);
            }
            List<Long> shape = new ArrayList<>(said.shape());
            for (int axis = 0; axis < shape.size(); axis++) {
                if (shape.get(axis) == TensorSpec.ANY) {
                    shape.set(axis, found.shape().get(axis));
                }
            }
            agreed.add(new TensorSpec(said.name(), said.type(), shape, said.unit(), said.rateHz()));
        }
        return agreed;
    }

    /**
     * A tensor as the file describes it.
     *
     * @throws GanglionException of kind SETUP when there is none of this name, or it is of a type
     *     that no {@link Tensor} has
     */
    static TensorSpec spec(
            ModelPackage source, String side, Map<String, NodeInfo> file, String name) {
        @Nullable NodeInfo node = file.get(name);
        if (node == null) {
            throw disagree(
                    source,
                    "names the " + side + " '" + name + "'",
                    "has " + String.join(", ", new TreeSet<>(file.keySet())));
        }
        Tensor.@Nullable Type type =
                node.getInfo() instanceof TensorInfo info ? type(info.type) : null;
        if (type == null) {
            throw new GanglionException(
                    Kind.SETUP,
                    "model "
                            + source.id()
                            + ": its "
                            + side
                            + " '"
                            + name
                            + "' is "
                            + NativeLibrary.oneLine(node.getInfo().toString())
                            + "; expected a tensor of one of "
                            + Arrays.stream(Tensor.Type.values())
                                    .filter(each -> each != Tensor.Type.TEXT)
                                    .map(Tensor.Type::name)
                                    .collect(Collectors.joining(", "))
                            + ("output".equals(side)
                                    ? ": list only other outputs on the card, or"
                                    : ":")
                            + " export the model again");
        }
        return TensorSpec.of(name, type, "1", ((TensorInfo) node.getInfo()).getShape());
    }

    private static String describe(Map<String, NodeInfo> file, List<String> names) {
        List<String> tensors = new ArrayList<>();
        file.forEach(
                (name, node) -> {
                    if (names.contains(name)) {
                        tensors.add(
                                node.getInfo() instanceof TensorInfo info
                                        ? name + " " + info.type + Arrays.toString(info.getShape())
                                        : name);
                    }
                });
        return tensors.toString();
    }

    private static GanglionException disagree(ModelPackage source, String card, String file) {
        return new GanglionException(
                Kind.SETUP,
                "model "
                        + source.id()
                        + ": its card "
                        + card
                        + ", but its file "
                        + source.folder().resolve(source.weights())
                        + " "
                        + file
                        + "; correct the card or install the file that belongs to it");
    }

    private static Tensor.@Nullable Type type(OnnxJavaType type) {
        return switch (type) {
            case FLOAT -> Tensor.Type.FLOAT32;
            case FLOAT16 -> Tensor.Type.FLOAT16;
            case INT8 -> Tensor.Type.INT8;
            case UINT8 -> Tensor.Type.UINT8;
            case INT32 -> Tensor.Type.INT32;
            case INT64 -> Tensor.Type.INT64;
            case BOOL -> Tensor.Type.BOOL;
            default -> null;
        };
    }

    /**
     * {@return a view of direct memory whose elements are of this type, as {@link #bind} takes it}
     */
    static Buffer elements(ByteBuffer memory, Tensor.Type type) {
        return switch (type) {
            case FLOAT32 -> memory.asFloatBuffer();
            case FLOAT16 -> memory.asShortBuffer();
            case INT32 -> memory.asIntBuffer();
            case INT64 -> memory.asLongBuffer();
            default -> memory.duplicate();
        };
    }

    /**
     * Hands memory to the runtime without copying it.
     *
     * @param elements from {@link #elements}, direct, in native order; its first elements up to the
     *     limit are the tensor
     * @return what the caller must close
     */
    static OnnxTensor bind(Buffer elements, Tensor.Type type, long[] shape) throws OrtException {
        OrtEnvironment environment = NativeLibrary.environment();
        return switch (type) {
            case FLOAT32 -> OnnxTensor.createTensor(environment, (FloatBuffer) elements, shape);
            case FLOAT16 ->
                    OnnxTensor.createTensor(
                            environment, (ShortBuffer) elements, shape, OnnxJavaType.FLOAT16);
            case INT32 -> OnnxTensor.createTensor(environment, (IntBuffer) elements, shape);
            case INT64 -> OnnxTensor.createTensor(environment, (LongBuffer) elements, shape);
            case INT8 ->
                    OnnxTensor.createTensor(
                            environment, (ByteBuffer) elements, shape, OnnxJavaType.INT8);
            case UINT8 ->
                    OnnxTensor.createTensor(
                            environment, (ByteBuffer) elements, shape, OnnxJavaType.UINT8);
            case BOOL ->
                    OnnxTensor.createTensor(
                            environment, (ByteBuffer) elements, shape, OnnxJavaType.BOOL);
            case TEXT -> throw new IllegalArgumentException("text is no tensor");
        };
    }

    /** Hands a tensor's memory to the runtime without copying it; the caller closes the result. */
    static OnnxTensor bind(Tensor tensor) throws OrtException {
        return bind(elements(tensor.bytes(), tensor.type()), tensor.type(), tensor.shape());
    }
}
