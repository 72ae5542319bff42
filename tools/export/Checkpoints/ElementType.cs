using System.Diagnostics.CodeAnalysis;

namespace Export.Checkpoints;

/// <summary>What one element of a tensor is.</summary>
[SuppressMessage("Naming", "CA1720", Justification = "The names of PyTorch's element types, which every reader of a checkpoint knows.")]
public enum ElementType
{
    Float32,
    Float64,
    Float16,
    BFloat16,
    Int64,
    Int32,
    Int16,
    Int8,
    UInt8,
    Bool,
}
