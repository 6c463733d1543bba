using Microsoft.ML.OnnxRuntime;
using Toolkit.Autograd.Tensors;

namespace Toolkit.OnnxExport.Serving;

/// <summary>State in the memory of the process.</summary>
internal sealed class HostState : StateBuffers
{
    private readonly TensorMemory[][] sets;
    private readonly OrtValue[][] bound;

    public HostState(IReadOnlyList<TensorDescription> state)
    {
        sets = [.. Enumerable.Range(0, 2).Select(_ => state.Select(each => new TensorMemory(each, each.StaticSizes())).ToArray())];
        bound = [.. sets.Select(set => set.Select(memory => memory.Bound).ToArray())];
    }

    public override IReadOnlyList<OrtValue> this[int set] => bound[set];

    public override Value[] Read(int set) => [.. sets[set].Select(memory => memory.Value.Clone())];

    public override void Write(int set, IReadOnlyList<Value> values)
    {
        for (int i = 0; i < values.Count; i++)
            sets[set][i].Value.CopyFrom(values[i]);
    }

    public override void Dispose()
    {
        foreach (TensorMemory memory in sets.SelectMany(set => set))
            memory.Release();
    }
}
