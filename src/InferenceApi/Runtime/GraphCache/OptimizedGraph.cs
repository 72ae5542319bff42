using System.IO.MemoryMappedFiles;
using Microsoft.ML.OnnxRuntime;
using Microsoft.Win32.SafeHandles;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace InferenceApi.Runtime.GraphCache;

/// <summary>
/// A graph as ONNX Runtime left it after optimising, and its weights, mapped from their file once. Sessions of different threads opened
/// from it share those weights, and what ONNX Runtime packs from them; being pages of a file, they are shared with other processes too.
/// It closes with the last session and the handle that opened it.
/// </summary>
internal sealed unsafe class OptimizedGraph : IDisposable
{
    /// <summary>Names inside an entry's folder.</summary>
    public const string GraphFile = "graph.onnx", WeightsFile = "weights.bin";

    // The graph without its weights is some 30 KB; a file of another kind must not be read into memory whole.
    private const long LargestGraph = 64L << 20;

    private readonly string _path;
    private readonly MemoryMappedFile? _file;
    private readonly SafeMemoryMappedViewHandle? _view;
    private readonly List<(string Name, OrtValue Value)> _weights = [];
    private readonly PrePackedWeightsContainer _packed = new();
    private int _users = 1;

    /// <param name="folder">A complete entry. It must not change while it is open: a mapped file that shrinks ends the process.</param>
    /// <exception cref="InvalidDataException">The files contradict each other.</exception>
    public OptimizedGraph(string folder)
    {
        Folder = folder;
        _path = Path.Combine(folder, GraphFile);
        if (new FileInfo(_path).Length > LargestGraph) throw new InvalidDataException("its graph is too large");
        IReadOnlyList<GraphWeight> weights = GraphWeight.FindIn(File.ReadAllBytes(_path));
        try
        {
            if (weights.Count == 0) return;
            string path = Path.Combine(folder, WeightsFile);
            long length = new FileInfo(path).Length;
            _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
            // Only the handle is kept: it alone ends the mapping.
            _view = _file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read).SafeMemoryMappedViewHandle;
            byte* start = (byte*)_view.DangerousGetHandle();
            foreach (GraphWeight weight in weights)
            {
                if (weight.Location != WeightsFile || weight.Offset > length - weight.Bytes || weight.Offset % sizeof(float) != 0)
                    throw new InvalidDataException($"{weight.Name} is not in its file");
                _weights.Add((weight.Name, OrtValue.CreateTensorValueWithData(
                    OrtMemoryInfo.DefaultInstance, weight.Type, weight.Shape, (nint)(start + weight.Offset), weight.Bytes)));
            }
        }
        catch
        {
            Close();
            throw;
        }
    }

    /// <summary>Of the entry.</summary>
    public string Folder { get; }

    /// <summary>
    /// Called when no more sessions will be opened: the files are needed until then, the mapped weights stay without them.
    /// </summary>
    public Action? AfterOpening { get; set; }

    /// <summary>Opens one more session on the same weights; give it back with <see cref="Leave"/>, not by disposing it.</summary>
    public InferenceSession OpenSession(RuntimePlan plan)
    {
        using SessionOptions settings = SessionSettings.Create(plan);
        settings.GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL;
        foreach ((string name, OrtValue value) in _weights) settings.AddInitializer(name, value);
        var session = new InferenceSession(_path, settings, _packed);
        Interlocked.Increment(ref _users);
        return session;
    }

    /// <summary>Closes a session of <see cref="OpenSession"/>.</summary>
    public void Leave(InferenceSession session)
    {
        session.Dispose();
        Release();
    }

    /// <summary>Releases the opener's handle: no more sessions are opened, and the open ones continue. Call it once.</summary>
    public void Dispose()
    {
        AfterOpening?.Invoke();
        Release();
    }

    private void Release()
    {
        if (Interlocked.Decrement(ref _users) == 0) Close();
    }

    private void Close()
    {
        foreach ((_, OrtValue value) in _weights) value.Dispose();
        _packed.Dispose();
        _view?.Dispose();
        _file?.Dispose();
    }
}
