package org.imatrixstats.pytorch;

import java.util.HashMap;
import java.util.Map;

import org.imatrixstats.tensor.DType;

/**
 * The names that a checkpoint may hold. A name that is not here is one that runs code when the file is loaded by
 * PyTorch: it is reported, and the file is refused where more than a list is wanted.
 *
 * <p>To allow a name: a line in {@link #NAMES}.
 */
sealed interface KnownName {
    /** A function that makes a tensor of a storage. */
    enum Rebuild implements KnownName {
        TENSOR, TENSOR_V2, TENSOR_V3, QUANTIZED_TENSOR, PARAMETER, FROM_TYPE,
        /** A tensor without a plain storage, such as a sparse one. */
        OTHER
    }

    /** The class of a storage, and of its elements. */
    record StorageClass(DType type) implements KnownName {
    }

    /** A type of elements as a value. */
    record TypeName(DType type) implements KnownName {
    }

    /** A dictionary that keeps its order or counts. */
    record Dictionary() implements KnownName {
    }

    /** A plain value of PyTorch, such as a shape. */
    record Plain() implements KnownName {
    }

    /** A harmless class beside the tensors, which is reported: nothing of it is needed. */
    record Foreign() implements KnownName {
    }

    /** The name; null if it is not known. */
    static KnownName of(PickleValue.Global global) {
        return NAMES.get(global.qualified());
    }

    Map<String, KnownName> NAMES = names();

    private static Map<String, KnownName> names() {
        Map<String, KnownName> names = new HashMap<>();
        names.put("torch._utils._rebuild_tensor", Rebuild.TENSOR);
        names.put("torch._utils._rebuild_tensor_v2", Rebuild.TENSOR_V2);
        names.put("torch._utils._rebuild_tensor_v3", Rebuild.TENSOR_V3);
        names.put("torch._utils._rebuild_qtensor", Rebuild.QUANTIZED_TENSOR);
        names.put("torch._utils._rebuild_parameter", Rebuild.PARAMETER);
        names.put("torch._utils._rebuild_parameter_with_state", Rebuild.PARAMETER);
        names.put("torch._tensor._rebuild_from_type_v2", Rebuild.FROM_TYPE);
        names.put("torch._tensor._rebuild_from_type", Rebuild.FROM_TYPE);
        names.put("torch._utils._rebuild_sparse_tensor", Rebuild.OTHER);
        names.put("torch._utils._rebuild_sparse_csr_tensor", Rebuild.OTHER);
        names.put("torch._utils._rebuild_nested_tensor", Rebuild.OTHER);
        names.put("torch._utils._rebuild_meta_tensor_no_storage", Rebuild.OTHER);
        names.put("torch._utils._rebuild_device_tensor_from_numpy", Rebuild.OTHER);
        names.put("torch._utils._rebuild_device_tensor_from_cpu_tensor", Rebuild.OTHER);
        names.put("torch._utils._rebuild_wrapper_subclass", Rebuild.OTHER);

        names.put("collections.OrderedDict", new Dictionary());
        names.put("collections.defaultdict", new Dictionary());
        names.put("collections.Counter", new Dictionary());

        for (String plain : new String[]{"torch.Size", "torch.device", "torch.Tensor", "torch.nn.parameter.Parameter",
            "torch.nn.parameter.Buffer", "torch.serialization._get_layout", "torch.per_tensor_affine",
            "torch.per_tensor_symmetric", "torch.per_channel_affine", "torch.per_channel_symmetric",
            "torch.strided", "torch.contiguous_format", "_codecs.encode", "__builtin__.set", "builtins.set",
            "__builtin__.list", "builtins.list", "__builtin__.dict", "builtins.dict", "__builtin__.int",
            "builtins.int", "__builtin__.bytearray", "builtins.bytearray", "__builtin__.complex",
            "builtins.complex"}) {
            names.put(plain, new Plain());
        }

        for (String foreign : new String[]{"argparse.Namespace", "numpy.dtype", "numpy.ndarray",
            "numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar",
            "numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct", "datetime.datetime",
            "datetime.date", "datetime.timedelta", "pathlib.Path", "pathlib.PosixPath", "pathlib.WindowsPath",
            "pathlib.PurePosixPath", "pathlib.PureWindowsPath", "decimal.Decimal", "fractions.Fraction",
            "uuid.UUID", "types.SimpleNamespace", "torch.torch_version.TorchVersion"}) {
            names.put(foreign, new Foreign());
        }

        storage(names, "Float", DType.F32);
        storage(names, "Double", DType.F64);
        storage(names, "Half", DType.F16);
        storage(names, "BFloat16", DType.BF16);
        storage(names, "Byte", DType.U8);
        storage(names, "Char", DType.I8);
        storage(names, "Short", DType.I16);
        storage(names, "Int", DType.I32);
        storage(names, "Long", DType.I64);
        storage(names, "Bool", DType.BOOL);
        storage(names, "ComplexFloat", DType.C64);
        storage(names, "ComplexDouble", DType.C128);
        storage(names, "Float8_e4m3fn", DType.F8_E4M3);
        storage(names, "Float8_e5m2", DType.F8_E5M2);
        storage(names, "Float8_e4m3fnuz", DType.F8_E4M3FNUZ);
        storage(names, "Float8_e5m2fnuz", DType.F8_E5M2FNUZ);
        storage(names, "QUInt8", DType.QUINT8);
        storage(names, "QInt8", DType.QINT8);
        storage(names, "QInt32", DType.QINT32);
        names.put("torch.UntypedStorage", new StorageClass(DType.U8));
        names.put("torch.storage.UntypedStorage", new StorageClass(DType.U8));
        names.put("torch.storage._UntypedStorage", new StorageClass(DType.U8));

        type(names, DType.F32, "float32", "float");
        type(names, DType.F64, "float64", "double");
        type(names, DType.F16, "float16", "half");
        type(names, DType.BF16, "bfloat16");
        type(names, DType.U8, "uint8");
        type(names, DType.U16, "uint16");
        type(names, DType.U32, "uint32");
        type(names, DType.U64, "uint64");
        type(names, DType.I8, "int8");
        type(names, DType.I16, "int16", "short");
        type(names, DType.I32, "int32", "int");
        type(names, DType.I64, "int64", "long");
        type(names, DType.BOOL, "bool");
        type(names, DType.C32, "complex32");
        type(names, DType.C64, "complex64");
        type(names, DType.C128, "complex128");
        type(names, DType.F8_E4M3, "float8_e4m3fn");
        type(names, DType.F8_E5M2, "float8_e5m2");
        type(names, DType.F8_E4M3FNUZ, "float8_e4m3fnuz");
        type(names, DType.F8_E5M2FNUZ, "float8_e5m2fnuz");
        type(names, DType.F8_E8M0, "float8_e8m0fnu");
        type(names, DType.QUINT8, "quint8");
        type(names, DType.QINT8, "qint8");
        type(names, DType.QINT32, "qint32");
        return Map.copyOf(names);
    }

    private static void storage(Map<String, KnownName> names, String name, DType type) {
        names.put("torch." + name + "Storage", new StorageClass(type));
        names.put("torch.cuda." + name + "Storage", new StorageClass(type));
    }

    private static void type(Map<String, KnownName> names, DType type, String... torchNames) {
        for (String name : torchNames) {
            names.put("torch." + name, new TypeName(type));
        }
    }
}
