using Microsoft.ML.OnnxRuntime;
using Toolkit.Autograd.Tensors;

namespace Toolkit.OnnxExport.Serving;

/// <summary>
/// Two sets of memory for what a training step changes: it reads one set and writes the other, since ONNX Runtime still reads old values when it writes new ones.
/// </summary>
internal abstract class StateBuffers : IDisposable
{
    /// <summary>The runtime's view of a set.</summary>
    /// <param name="set">0 or 1.</param>
    public abstract IReadOnlyList<OrtValue> this[int set] { get; }

    /// <summary>Memory where a session has its own: on the device, or the process's.</summary>
    /// <param name="session">The session of the step.</param>
    /// <param name="state">What the step changes.</param>
    public static StateBuffers Create(OnnxSession session, IReadOnlyList<TensorDescription> state) =>
        session.ActiveProvider is Provider.CudaProvider device ? new DeviceState(session, device, state) : new HostState(state);

    /// <summary>Copies of the numbers of a set.</summary>
    public abstract Value[] Read(int set);

    /// <summary>Writes the numbers of a set.</summary>
    public abstract void Write(int set, IReadOnlyList<Value> values);

    public abstract void Dispose();
}
