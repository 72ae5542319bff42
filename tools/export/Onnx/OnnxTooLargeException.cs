namespace Export.Onnx;

/// <summary>The network does not fit into one ONNX file.</summary>
public sealed class OnnxTooLargeException(string message) : Exception(message);
