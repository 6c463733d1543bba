using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Contributed;
using Toolkit.Autograd.Operations.Features;
using Toolkit.Autograd.Operations.Random;
using Toolkit.Autograd.Operations.Transformers;

namespace Toolkit.Autograd.Operations;

/// <summary>The operators that can be read from a file: by domain and name, what applies a node. Immutable.</summary>
public sealed class OperatorSet
{
    private readonly IReadOnlyDictionary<(string Domain, string Name), Func<OnnxNode, IReadOnlyList<Variable>>> operators;

    private OperatorSet(IReadOnlyDictionary<(string Domain, string Name), Func<OnnxNode, IReadOnlyList<Variable>>> operators) => this.operators = operators;

    /// <summary>No operators, to begin a set with.</summary>
    public static OperatorSet Empty => new(new Dictionary<(string Domain, string Name), Func<OnnxNode, IReadOnlyList<Variable>>>());

    /// <summary>The operators of the ONNX standard that the registry has, and those of ONNX Runtime that are read as such (domain <c>com.microsoft</c>).</summary>
    public static OperatorSet Standard { get; } = new(OperationRegistry.All
        .Where(operation => operation.FromOnnx is not null)
        .SelectMany(operation => operation.FormerNames.Prepend(operation.OnnxName), (operation, name) => KeyValuePair.Create((operation.OnnxDomain, Name: name), operation.FromOnnx!))
        .Concat(ContributedOperators.All)
        .Concat(FeatureOperators.All)
        .Concat(RandomOperators.All)
        .Append(KeyValuePair.Create(FlexAttention.Key, (Func<OnnxNode, IReadOnlyList<Variable>>)FlexAttention.FromOnnx))
        .ToDictionary());

    /// <summary>The operators of the standard domain in the set, in the order of their names.</summary>
    public IEnumerable<string> Names => operators.Keys.Where(key => key.Domain.Length == 0).Select(key => key.Name).Order(StringComparer.Ordinal);

    /// <summary>The same set with one more operator, or with another reading of one.</summary>
    /// <typeparam name="T">The operation; its record's name is the operator.</typeparam>
    /// <param name="domain">The domain under which files name it; empty for the standard one.</param>
    public OperatorSet With<T>(string domain)
        where T : Operation, IOperator =>
        new(new Dictionary<(string Domain, string Name), Func<OnnxNode, IReadOnlyList<Variable>>>(operators) { [(domain, T.OnnxName ?? typeof(T).Name)] = T.FromOnnx });

    /// <summary>What applies a node of an operator; null if the set does not have the operator.</summary>
    /// <param name="domain">The domain; empty for the standard one.</param>
    /// <param name="name">The operator.</param>
    public Func<OnnxNode, IReadOnlyList<Variable>>? Find(string domain, string name) => operators.GetValueOrDefault((domain, name));
}
