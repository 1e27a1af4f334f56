package org.imatrixstats.app.option.plan;

import java.math.BigDecimal;
import java.math.BigInteger;

import org.imatrixstats.gguf.MetadataValue;
import org.imatrixstats.gguf.ValueType;
import org.imatrixstats.quantize.QuantizedModel;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A key to be set, as {@code --override-kv KEY=TYPE:VALUE} of llama-quantize says it. */
public record KeyOverride(String key, MetadataValue value) {
    private static final int MOST_KEY_BYTES = 127;
    private static final MetadataValue ALIGNMENT = new MetadataValue.Int(ValueType.UINT32, 32);

    public static final class Converter implements ITypeConverter<KeyOverride> {
        @Override
        public KeyOverride convert(String text) {
            int equals = text.indexOf('=');
            int colon = text.indexOf(':', equals + 1);
            if (equals < 1 || colon < 0 || equals > MOST_KEY_BYTES) {
                throw new TypeConversionException(
                        "'" + text + "' is not KEY=TYPE:VALUE, such as general.name=str:my-model");
            }
            String key = text.substring(0, equals);
            MetadataValue value = value(text, text.substring(equals + 1, colon), text.substring(colon + 1));
            if (key.equals("general.alignment") && !value.equals(ALIGNMENT)) {
                throw new TypeConversionException(
                        "'" + text + "': the data are aligned to 32 bytes. With another value,"
                                + " programs look for them in the wrong place");
            }
            if (key.startsWith("split.")) {
                throw new TypeConversionException(
                        "'" + text + "': these keys follow from the files that are written (--keep-split)");
            }
            return new KeyOverride(key, value);
        }

        private static MetadataValue value(String text, String type, String value) {
            try {
                return switch (type) {
                    // llama-quantize stores the magnitude as uint32.
                    case "int" -> new MetadataValue.Int(ValueType.UINT32,
                            new BigInteger(value).abs().intValueExact() & 0xffffffffL);
                    case "float" -> new MetadataValue.Float(ValueType.FLOAT32, new BigDecimal(value).floatValue());
                    case "bool" -> new MetadataValue.Bool(bool(value));
                    case "str" -> QuantizedModel.shortText(value);
                    default -> throw new TypeConversionException(
                            "'" + text + "': unknown type '" + type + "', expected int, float, bool or str");
                };
            } catch (ArithmeticException | NumberFormatException e) {
                throw new TypeConversionException("'" + text + "': '" + value + "' is not a value of type " + type);
            }
        }

        private static boolean bool(String value) {
            return switch (value) {
                case "true" -> true;
                case "false" -> false;
                default -> throw new NumberFormatException();
            };
        }
    }
}
