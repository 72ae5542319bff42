using System.Diagnostics.CodeAnalysis;

namespace Export.Onnx;

/// <summary>TensorProto.DataType of onnx.proto3.</summary>
[SuppressMessage("Naming", "CA1720", Justification = "The names of onnx.proto3.")]
[SuppressMessage("Design", "CA1008", Justification = "Zero is UNDEFINED in onnx.proto3 and is never written.")]
public enum OnnxElementType
{
    Float = 1,
    UInt8 = 2,
    Int8 = 3,
    Int32 = 6,
    Float16 = 10,
}
