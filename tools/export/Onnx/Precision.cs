using System.Diagnostics.CodeAnalysis;

namespace Export.Onnx;

/// <summary>Arithmetic inside a network. Input and output are float32 either way.</summary>
[SuppressMessage("Naming", "CA1720", Justification = "The field's own names.")]
public enum Precision
{
    /// <summary>float32.</summary>
    Fp32,

    /// <summary>float16 weights and arithmetic, for tensor cores; softmax stays outside, in float32.</summary>
    Fp16,

    /// <summary>
    /// uint8 activations and int8 weights, for processors with dot products of bytes (VNNI); needs pictures to calibrate with.
    /// </summary>
    Int8,
}
