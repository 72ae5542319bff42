using Microsoft.Win32.SafeHandles;

namespace Export.Checkpoints;

/// <summary>
/// An open checkpoint of any supported format. Opening reads and checks the description of every tensor, executes nothing, and
/// reads no weights; those are read in pieces with <see cref="Read"/>.
/// </summary>
public sealed class Checkpoint : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly Dictionary<string, CheckpointTensor> _byName;

    private Checkpoint(string path, SafeFileHandle file, CheckpointFormat format, List<CheckpointTensor> tensors)
    {
        Path = path;
        _file = file;
        Format = format;
        string[] names = StateDictionary.PlainNames([.. tensors.Select(tensor => tensor.Name)]);
        Tensors = [.. tensors.Zip(names, (tensor, name) => tensor with { Name = name })];
        _byName = Tensors.ToDictionary(tensor => tensor.Name);
        CheckOverlaps(Tensors);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    public CheckpointFormat Format { get; }

    /// <summary>The model's tensors in the file's order, without shared prefixes such as "module.".</summary>
    public IReadOnlyList<CheckpointTensor> Tensors { get; }

    /// <summary>Opens a file and finds its tensors.</summary>
    /// <exception cref="CheckpointException">
    /// Unreadable, of an unknown format, damaged, or refers to something that is not allowed.
    /// </exception>
    public static Checkpoint Open(string path)
    {
        SafeFileHandle? file = null;
        try
        {
            if (Directory.Exists(path)) throw new CheckpointException("it is a directory.");
            file = File.OpenHandle(path, options: FileOptions.RandomAccess);
            long length = RandomAccess.GetLength(file);
            CheckpointFormat format = Recognise(file, length);
            List<CheckpointTensor> tensors = format switch
            {
                CheckpointFormat.Legacy => LegacyCheckpoint.ReadTensors(file, length),
                CheckpointFormat.Zip => ZipCheckpoint.ReadTensors(file, length),
                _ => SafetensorsCheckpoint.ReadTensors(file, length),
            };
            return new Checkpoint(path, file, format, tensors);
        }
        catch (Exception exception) when (exception is CheckpointException or IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            throw new CheckpointException($"{path}: {exception.Message}", exception);
        }
    }

    /// <summary>The tensor of that name, or null.</summary>
    public CheckpointTensor? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>
    /// Reads part of a tensor as float32, in row-major order whatever the stored order. Half and bfloat16 widen exactly; double
    /// is rounded to nearest, as PyTorch's load_state_dict does.
    /// </summary>
    /// <param name="tensor">One of <see cref="Tensors"/>, of a floating-point type.</param>
    /// <param name="first">First element in row-major order.</param>
    /// <param name="destination">Filled completely.</param>
    /// <exception cref="CheckpointException">Not floating point, or the file ends early.</exception>
    public void Read(CheckpointTensor tensor, long first, Span<float> destination)
    {
        if (!ElementTypes.IsFloat(tensor.Type))
            throw new CheckpointException(
                $"{Path}: tensor '{PickleGlobals.Printable(tensor.Name)}' is {tensor.Type}, expected floating point.");
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first + destination.Length, tensor.Count);
        if (tensor.Strides is null) ElementReads.Fill(_file, tensor.Type, tensor.Position, first, destination);
        else ElementReads.Gather(_file, tensor, first, destination);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static CheckpointFormat Recognise(SafeFileHandle file, long length)
    {
        if (length == 0) throw new CheckpointException("it is empty.");
        Span<byte> head = stackalloc byte[9];
        ReadOnlySpan<byte> found = head[..FileReads.Fill(file, head, 0)];
        if (found.StartsWith(ZipCheckpoint.Magic)) return CheckpointFormat.Zip;
        if (found.StartsWith(LegacyCheckpoint.Magic[..6])) return CheckpointFormat.Legacy;
        if (found.Length == 9 && found[8] == '{') return CheckpointFormat.Safetensors;
        throw new CheckpointException("it is neither a PyTorch checkpoint (legacy or zip) nor a safetensors file.");
    }

    // Two names may share a storage, but not its elements: no network of this family ties weights, so overlap means damage.
    private static void CheckOverlaps(IEnumerable<CheckpointTensor> tensors)
    {
        CheckpointTensor? previous = null;
        foreach (CheckpointTensor tensor in tensors.OrderBy(tensor => tensor.Position))
        {
            if (previous is not null && tensor.Position < previous.Position + previous.Bytes)
            {
                throw new CheckpointException(
                    $"tensors '{PickleGlobals.Printable(previous.Name)}' and '{PickleGlobals.Printable(tensor.Name)}' share elements.");
            }

            previous = tensor;
        }
    }
}
