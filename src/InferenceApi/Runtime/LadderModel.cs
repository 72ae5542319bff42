using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using ModelStore;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace InferenceApi.Runtime;

/// <summary>Opens a network for a ladder of batch sizes on fixed memory: one session with a CUDA graph per size, or one session per size.</summary>
internal sealed class LadderModel
{
    private readonly InstalledModel _model;
    private readonly RuntimeOptions _options;
    private readonly BatchLadder _ladder;
    private readonly bool _oneSessionPerSize;

    private LadderModel(InstalledModel model, RuntimeOptions options)
    {
        _model = model;
        _options = options;
        _ladder = BatchLadder.Gpu(options.MaxBatch);
        _oneSessionPerSize = !(options.OnGpu && options.Cuda.Graphs);
    }

    /// <summary>Sessions on every device of the options, which <see cref="RuntimeOptions.For"/> has completed. On the CPU it is for tests.</summary>
    /// <exception cref="ModelStoreException">It is no network, not the one its manifest describes, or does not fit into the device.</exception>
    public static IReadOnlyList<IModelSession> OpenSessions(InstalledModel model, RuntimeOptions options)
    {
        var opener = new LadderModel(model, options);
        var sessions = new List<LadderSession>();
        try
        {
            for (int device = 0; device < options.DeviceIds.Count; device++)
            {
                for (int i = 0; i < options.Sessions; i++) sessions.Add(opener.OpenSession(device));
            }

            return sessions;
        }
        catch (Exception failure)
        {
            foreach (LadderSession session in sessions) session.Dispose();
            if (failure is OnnxRuntimeException or DeviceMemoryException)
                throw new ModelStoreException($"{model.ModelPath}: ONNX Runtime cannot open it: {failure.Message}", failure);
            throw;
        }
    }

    private LadderSession OpenSession(int position)
    {
        int device = _options.DeviceIds[position], crop = _model.Manifest.Preprocessing.Crop;
        var input = new StagedTensor(checked(_ladder.Largest * 3 * crop * crop), _options.OnGpu ? device : null);
        try
        {
            var output = new StagedTensor(checked(_ladder.Largest * _model.Manifest.Classes), _options.OnGpu ? device : null);
            return new LadderSession(_ladder, position, input, output, () => OpenNative(device, input, output));
        }
        catch
        {
            // Where the session took it over, it is gone already; twice does no harm.
            ((IDisposable)input).Dispose();
            throw;
        }
    }

    private LadderRuns OpenNative(int device, StagedTensor input, StagedTensor output)
    {
        if (_options.OnGpu) CudaRuntime.AllowDuringCapture();
        var opened = new Stack<IDisposable>();
        try
        {
            var rungs = new Action?[_ladder.Largest + 1];
            InferenceSession? shared = _oneSessionPerSize ? null : Push(opened, Open(device, null));
            for (int i = 0; i < _ladder.Sizes.Count; i++)
            {
                int size = _ladder.Sizes[i];
                InferenceSession session = shared ?? Push(opened, Open(device, size));
                RunOptions run = Push(opened, new RunOptions());
                // Numbers from 1: 0 is reserved. ONNX Runtime does not compare a graph's number with its shape, so each size keeps its own.
                if (shared is not null) run.AddRunConfigEntry("gpu_graph_id", (i + 1).ToString(CultureInfo.InvariantCulture));
                OrtIoBinding binding = Bind(opened, session, size, input, output);
                rungs[size] = () => session.RunWithBinding(run, binding);
            }

            return new LadderRuns(size => Run(rungs[size]!), () => Close(opened));
        }
        catch (Exception failure)
        {
            Close(opened);
            if (failure is OnnxRuntimeException native && DeviceMemoryException.Explains(native)) throw new DeviceMemoryException(failure.Message, failure);
            throw;
        }
    }

    private InferenceSession Open(int device, int? size)
    {
        using SessionOptions settings = SessionSettings.Create(_options, device);
        if (size is { } batch) settings.AddFreeDimensionOverrideByName("batch", batch);
        return new InferenceSession(_model.ModelPath, settings);
    }

    private OrtIoBinding Bind(Stack<IDisposable> opened, InferenceSession session, int size, StagedTensor input, StagedTensor output)
    {
        int crop = _model.Manifest.Preprocessing.Crop;
        NetworkContract names = NetworkContract.Of(session, _model, _oneSessionPerSize ? size : null);
        OrtIoBinding binding = Push(opened, session.CreateIoBinding());
        binding.BindInput(names.InputName, Push(opened, input.View(size, 3, crop, crop)));
        binding.BindOutput(names.OutputName, Push(opened, output.View(size, _model.Manifest.Classes)));
        return binding;
    }

    private static void Run(Action rung)
    {
        try
        {
            rung();
        }
        catch (OnnxRuntimeException failure) when (DeviceMemoryException.Explains(failure))
        {
            throw new DeviceMemoryException(failure.Message, failure);
        }
    }

    private static T Push<T>(Stack<IDisposable> opened, T item)
        where T : IDisposable
    {
        opened.Push(item);
        return item;
    }

    /// <summary>Last opened, first closed: bindings end before their sessions.</summary>
    private static void Close(Stack<IDisposable> opened)
    {
        while (opened.TryPop(out IDisposable? item)) item.Dispose();
    }
}
