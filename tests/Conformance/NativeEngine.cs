using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Format;
using Toolkit.OnnxExport.Import;

namespace Toolkit.Conformance;

/// <summary>Our own engine: the graph's inputs are inputs of the compiled function, nothing of them is folded.</summary>
internal sealed class NativeEngine : IEngine
{
    // A case that does not end must not stop the others.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public ILoadedModel Load(SuiteCase model)
    {
        RequireOperators(model.ReadModel());
        using var ending = new CancellationTokenSource(Patience);
        Signature signature = OnnxModel.Load(model.ModelFile, cancellation: ending.Token).Signature;
        return new Loaded(model.ReadModel().Graph, signature, Function.Compile(signature, new ExecutionOptions { Threads = 1 }, ending.Token));
    }

    /// <summary>Checks that the engine has all operators of a model, model-local functions aside.</summary>
    /// <param name="model">The model.</param>
    /// <exception cref="NotExpressibleException">It lacks some: all are named, in the order of their names.</exception>
    public static void RequireOperators(ModelProto model)
    {
        var own = model.Functions.Select(function => (function.Domain, function.Name)).ToHashSet();
        string[] missing =
        [
            .. ModelNodes.Of(model)
                .Where(node => !own.Contains((node.Domain, node.OpType)) && !GraphReader.IsReadHere(node) && OperatorSet.Standard.Find(ModelNodes.Domain(node), node.OpType) is null)
                .Select(ModelNodes.FullName).Distinct().Order(StringComparer.Ordinal),
        ];
        if (missing.Length > 0)
            throw new NotExpressibleException($"missing operator {string.Join(", ", missing)}");
    }

    private sealed class Loaded(GraphProto graph, Signature signature, Function function) : ILoadedModel
    {
        public IReadOnlyDictionary<string, Datum> Run(IReadOnlyDictionary<string, Datum> inputs)
        {
            var fed = new Dictionary<string, Value>(StringComparer.Ordinal);
            foreach (ValueInfoProto input in graph.Input.Where(input => inputs.ContainsKey(input.Name)))
                DatumParts.Add(input.Name, input.Type, inputs[input.Name], fed);
            if (fed.Keys.FirstOrDefault(name => signature.Inputs.All(input => input.Name != name)) is { } other)
                throw new NotExpressibleException($"a value for \"{other}\", which has one in the file");
            using var ending = new CancellationTokenSource(Patience);
            Value[] values = [.. signature.Inputs.Select(input => fed.GetValueOrDefault(input.Name!) ?? throw new NotExpressibleException($"what is fed as \"{input.Name}\""))];
            Value[] results = function.Run(values, ending.Token);
            Dictionary<string, Value> found = signature.Outputs.Zip(results).ToDictionary(pair => pair.First.Name, pair => pair.Second, StringComparer.Ordinal);
            return graph.Output.ToDictionary(output => output.Name, output => DatumParts.Read(output.Name, output.Type, found), StringComparer.Ordinal);
        }

        public void Dispose()
        {
        }
    }
}
