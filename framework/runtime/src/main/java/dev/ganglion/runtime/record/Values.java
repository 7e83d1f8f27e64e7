package dev.ganglion.runtime.record;

import dev.ganglion.api.data.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Inputs as they are written: text, bytes, or tensors with their bytes little-endian. */
final class Values {
    private Values() {}

    /** {@return a copy that stays as it is: of a tensor's memory, or of what text says now} */
    static @Nullable Object copy(@Nullable Object value) {
        if (value instanceof Tensor tensor) {
            byte[] bytes = new byte[tensor.bytes().capacity()];
            tensor.bytes().get(0, bytes);
            return new Copied(tensor.type(), tensor.shape(), bytes);
        }
        return value == null || value instanceof byte[] ? value : value.toString();
    }

    /** The bytes are in native order. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Copied(Tensor.Type type, long[] shape, byte[] bytes) {}

    static long sizeBytes(@Nullable Object copied) {
        if (copied instanceof Copied tensor) {
            return tensor.bytes().length;
        }
        return copied instanceof byte[] bytes
                ? bytes.length
                : copied == null ? 0 : copied.toString().length() * 2L;
    }

    static void addTo(Map<String, Object> line, @Nullable Object copied) {
        if (copied instanceof Copied tensor) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("type", tensor.type().name());
            json.put("shape", tensor.shape());
            json.put(
                    "base64",
                    Base64.getEncoder().encodeToString(little(tensor.type(), tensor.bytes())));
            line.put("tensor", json);
        } else if (copied instanceof byte[] bytes) {
            line.put("base64", Base64.getEncoder().encodeToString(bytes));
        } else if (copied != null) {
            line.put("text", copied);
        }
    }

    static @Nullable Object parse(Map<String, Object> line) {
        if (line.containsKey("tensor")) {
            Map<?, ?> json = Json.object(line.get("tensor"));
            Tensor.Type type = Tensor.Type.valueOf(Json.text(json, "type"));
            long[] shape = Json.list(json.get("shape")).stream().mapToLong(Json::whole).toArray();
            byte[] bytes = Base64.getDecoder().decode(Json.text(json, "base64"));
            Tensor tensor = Tensor.allocate(type, shape);
            if (bytes.length != tensor.bytes().capacity()) {
                throw new IllegalArgumentException(
                        tensor
                                + " has "
                                + tensor.bytes().capacity()
                                + " bytes, found "
                                + bytes.length);
            }
            tensor.bytes().put(0, little(type, bytes));
            return tensor;
        }
        if (line.containsKey("base64")) {
            return Base64.getDecoder().decode(Json.text(line, "base64"));
        }
        return line.containsKey("text") ? Json.text(line, "text") : null;
    }

    /** From native order to little-endian, or back. */
    private static byte[] little(Tensor.Type type, byte[] bytes) {
        int size = type.sizeBytes();
        if (ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN || size <= 1) {
            return bytes;
        }
        ByteBuffer swapped = ByteBuffer.allocate(bytes.length);
        for (int at = 0; at < bytes.length; at += size) {
            for (int i = size - 1; i >= 0; i--) {
                swapped.put(bytes[at + i]);
            }
        }
        return swapped.array();
    }
}
