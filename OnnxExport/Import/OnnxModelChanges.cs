using System.IO.Enumeration;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Operations.LinearAlgebra;
using Toolkit.Autograd.Tensors;

namespace Toolkit.OnnxExport.Import;

/// <summary>
/// Models made of other models: cut off at a value, with layers put in, with parameters that are learned or not, with adapters of low rank. Each is a new model; parameters that a change does
/// not concern are shared with the old one.
/// </summary>
/// <remarks>Patterns of names have <c>*</c> for any characters and <c>?</c> for one; case counts.</remarks>
public static class OnnxModelChanges
{
    /// <summary>The part of a model that computes some of its values: the body of a network without its head. Its outputs have the names of the values, its inputs are
    /// those that are needed.</summary>
    /// <param name="model">The model.</param>
    /// <param name="values">Names of values of the file, at least one, each once.</param>
    /// <exception cref="ArgumentException">There is no such value, or it is an input or a constant.</exception>
    public static OnnxModel Cut(this OnnxModel model, params IReadOnlyList<string> values)
    {
        if (values.Count == 0)
            throw new ArgumentException("Expected at least one value to cut at, found none.", nameof(values));
        Output[] outputs = [.. values.Select(name => new Output(name, Computed(model, name)))];
        var signature = new Signature(Needed(model, outputs), outputs, name: model.Signature.Name);
        return new OnnxModel(signature, model.ExportOptions, model.Values);
    }

    /// <summary>The model in which other layers lie behind a value: whatever reads the value reads their result, which has its name from now on.</summary>
    /// <param name="model">The model.</param>
    /// <param name="value">The name of a value of the file.</param>
    /// <param name="layers">Computes what is read in its place.</param>
    /// <exception cref="ArgumentException">There is no such value.</exception>
    public static OnnxModel Insert(this OnnxModel model, string value, Func<Variable, Variable> layers)
    {
        Variable old = Find(model, value);
        return Replace(model, new Dictionary<Variable, Variable>(ReferenceEqualityComparer.Instance) { [old] = layers(old) });
    }

    /// <summary>The computation of a model with another behind it, which reads one of its outputs: a pipeline of ML.NET in front of a network, as one file.</summary>
    /// <param name="model">The model that comes first.</param>
    /// <param name="next">The computation behind it, of one input; updates are left aside.</param>
    /// <param name="output">The name of the output that it reads; null if there is only one.</param>
    /// <returns>The inputs of the model that are needed and the outputs of what is behind it.</returns>
    /// <exception cref="ArgumentException">There is no such output, the computation does not have one input, or the two do not fit.</exception>
    public static Signature Before(this OnnxModel model, Signature next, string? output = null)
    {
        Output[] named = [.. model.Inference.Outputs.Where(candidate => output is null || candidate.Name == output)];
        if (named is not [var read])
        {
            throw new ArgumentException(
                $"Expected {(output is null ? "one output" : $"the output \"{output}\"")}, found {Some(model.Inference.Outputs.Select(candidate => candidate.Name))}.", nameof(output));
        }

        if (next.Inputs is not [var input])
            throw new ArgumentException($"Expected a computation of one input behind \"{read.Name}\", found {Some(next.Inputs.Select(other => other.Name!))}.", nameof(next));
        Variable value = read.Variable;
        if (value.DType != input.DType || value.Shape.Rank != input.Shape.Rank || value.Shape.Zip(input.Shape).Any(pair => pair.First.IsStatic && pair.Second.IsStatic && pair.First != pair.Second))
            throw new ArgumentException($"Expected an output that fits the input \"{input.Name}\", {input.Type}, found \"{read.Name}\", {value.Type}.", nameof(next));
        var substitution = new Substitution(new Dictionary<Variable, Variable>(ReferenceEqualityComparer.Instance) { [input] = value });
        Output[] outputs = [.. next.Outputs.Select(result => result with { Variable = substitution.Map(result.Variable) })];
        return new Signature(Needed(model, outputs), outputs, name: next.Name);
    }

    /// <summary>The model in which some parameters are not learned: they are states, with the values that they have now. A batch normalization whose scale is not learned keeps its
    /// statistics as well.</summary>
    /// <param name="model">The model.</param>
    /// <param name="patterns">Patterns of names of parameters; <c>*</c> for all.</param>
    /// <exception cref="ArgumentException">A pattern fits no parameter.</exception>
    public static OnnxModel Frozen(this OnnxModel model, params IReadOnlyList<string> patterns)
    {
        Parameter[] found = [.. patterns.SelectMany(pattern => Matching(model, pattern, model.Parameters)).Distinct().Where(parameter => parameter.Role != ParameterRole.State)];
        return Replace(model, found.ToDictionary(parameter => parameter.Variable, parameter => parameter.WithRole(ParameterRole.State).Variable));
    }

    /// <summary>The model in which some weights are learned that were not, since they were frozen or do not stand where weights do: floating-point initializers and constants. A tensor
    /// with more than one axis longer than 1 becomes a <see cref="ParameterRole.Weight"/>, others a <see cref="ParameterRole.Bias"/>.</summary>
    /// <param name="model">The model.</param>
    /// <param name="patterns">Patterns of names of values of the file; <c>*</c> would make statistics of batch normalizations weights.</param>
    /// <exception cref="ArgumentException">A pattern fits no value of that kind.</exception>
    public static OnnxModel Trainable(this OnnxModel model, params IReadOnlyList<string> patterns)
    {
        Dictionary<string, Variable> leaves = model.Values
            .Where(value => value.Value is { Producer: null, IsInput: false } leaf && leaf.DType.IsFloating() && leaf.Parameter?.Role is null or ParameterRole.State)
            .ToDictionary(StringComparer.Ordinal);
        Dictionary<string, Variable> learned = model.Values.Where(value => value.Value.Parameter is not null).ToDictionary(StringComparer.Ordinal);
        string[] names = [.. patterns.SelectMany(pattern => Matching(model, pattern, leaves.Keys.Union(learned.Keys), name => name)).Distinct().Where(leaves.ContainsKey)];
        return Replace(model, names.ToDictionary(name => leaves[name], name => Learned(name, leaves[name]).Variable));
    }

    /// <summary>
    /// The model in which weights stay as they are and a product of two narrow matrices is learned beside each (<see cref="LowRankAdapter"/>): few numbers to train and to keep. All other
    /// parameters are frozen; make biases or scales <see cref="Trainable"/> again where they shall learn.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="rank">r: the rank of the change, at least 1.</param>
    /// <param name="names">Patterns of names of weights; null for all weights that a <c>MatMul</c>, <c>Gemm</c> or <c>Conv</c> reads as its second input.</param>
    /// <param name="alpha">α: the change counts α/r; null for r.</param>
    /// <param name="seed">Names the random numbers with which the adapters begin.</param>
    /// <exception cref="ArgumentException">A pattern fits no such weight, the rank is above the shorter side of one, or the model has values with the names of the adapter.</exception>
    public static OnnxModel WithLora(this OnnxModel model, int rank, IReadOnlyList<string>? names = null, double? alpha = null, ulong seed = 0)
    {
        Dictionary<Parameter, bool> inputsFirst = [];
        foreach (Node node in model.Signature.Nodes)
        {
            // The product of two parameters is a weight, such as that of an adapter, and no layer.
            if (node.Inputs.Length > 1 && node.Inputs[0].Parameter is null && node.Inputs.Optional(1)?.Parameter is { } weight && IsAdaptable(node.Operation, weight))
                inputsFirst.TryAdd(weight, node.Operation is MatMul or Gemm { TransposeB: false });
        }

        Parameter[] chosen = [.. (names ?? ["*"]).SelectMany(pattern => Matching(model, pattern, inputsFirst.Keys)).Distinct()];
        HashSet<string> taken = [.. model.Values.Keys, .. model.Parameters.Select(parameter => parameter.Name)];
        var replacements = new Dictionary<Variable, Variable>(ReferenceEqualityComparer.Instance);
        foreach (Parameter parameter in model.Parameters.Where(parameter => !chosen.Contains(parameter) && parameter.Role != ParameterRole.State))
            replacements.Add(parameter, parameter.WithRole(ParameterRole.State));
        for (int i = 0; i < chosen.Length; i++)
        {
            var adapter = new LowRankAdapter(chosen[i], rank, alpha ?? rank, inputsFirst[chosen[i]], seed + (ulong)i);
            if (taken.Contains(adapter.A.Name) || taken.Contains(adapter.B.Name))
                throw new ArgumentException($"Expected a model without values called \"{adapter.A.Name}\" or \"{adapter.B.Name}\", as the adapter's own parameters are, found one that has them.", nameof(model));
            replacements.Add(chosen[i], adapter.Sum);
        }

        return Replace(model, replacements);
    }

    private static bool IsAdaptable(Operation operation, Parameter weight) => operation switch
    {
        MatMul or Gemm => weight.Shape.Rank == 2,
        Conv => true,
        _ => false,
    };

    private static Parameter Learned(string name, Variable leaf) => leaf.Parameter is { } parameter
        ? parameter.WithRole(RoleOf(leaf))
        : new Parameter(name, leaf.Constant!, RoleOf(leaf));

    private static ParameterRole RoleOf(Variable leaf) => leaf.Shape.Count(dim => !dim.IsStatic || dim.Size > 1) > 1 ? ParameterRole.Weight : ParameterRole.Bias;

    private static OnnxModel Replace(OnnxModel model, IReadOnlyDictionary<Variable, Variable> replacements)
    {
        var substitution = new Substitution(replacements);
        Signature signature = substitution.Apply(model.Signature);
        return new OnnxModel(signature, model.ExportOptions, model.Values.ToDictionary(value => value.Key, value => substitution.Map(value.Value), StringComparer.Ordinal));
    }

    private static Variable[] Needed(OnnxModel model, IEnumerable<Output> outputs)
    {
        var needed = new HashSet<Variable>(TopologicalOrder.Of(outputs.Select(o => o.Variable)).SelectMany(node => node.Inputs), ReferenceEqualityComparer.Instance);
        return [.. model.Signature.Inputs.Where(needed.Contains)];
    }

    private static Variable Computed(OnnxModel model, string name) => Find(model, name) is { Producer: not null } value
        ? value
        : throw new ArgumentException($"Expected the name of a result of a node to cut at, found \"{name}\", which is an input or a constant.", nameof(name));

    private static Variable Find(OnnxModel model, string name) => model.Values.TryGetValue(name, out Variable? value)
        ? value
        : throw new ArgumentException($"Expected the name of a value of the model, found \"{name}\"; near it are {Some(model.Values.Keys.OrderBy(other => Distance(name, other)))}.", nameof(name));

    private static Parameter[] Matching(OnnxModel model, string pattern, IEnumerable<Parameter> candidates) =>
        Matching(model, pattern, candidates, parameter => parameter.Name);

    private static T[] Matching<T>(OnnxModel model, string pattern, IEnumerable<T> candidates, Func<T, string> nameOf)
    {
        T[] all = [.. candidates];
        T[] found = [.. all.Where(candidate => FileSystemName.MatchesSimpleExpression(pattern, nameOf(candidate), ignoreCase: false))];
        return found.Length > 0
            ? found
            : throw new ArgumentException($"Expected a pattern that fits a weight of \"{model.Signature.Name}\", found \"{pattern}\"; there are {Some(all.Select(nameOf))}.", nameof(pattern));
    }

    private static string Some(IEnumerable<string> names)
    {
        const int Most = 5;
        string[] first = [.. names.Take(Most + 1)];
        return first.Length == 0 ? "none" : string.Join(", ", first.Take(Most).Select(name => $"\"{name}\"")) + (first.Length > Most ? ", …" : string.Empty);
    }

    /// <summary>How far names are from each other: what is left of the longer one beside the common beginning and end.</summary>
    private static int Distance(string a, string b)
    {
        int shorter = Math.Min(a.Length, b.Length);
        int begin = 0;
        while (begin < shorter && char.ToLowerInvariant(a[begin]) == char.ToLowerInvariant(b[begin]))
            begin++;
        int end = 0;
        while (end < shorter - begin && char.ToLowerInvariant(a[^(end + 1)]) == char.ToLowerInvariant(b[^(end + 1)]))
            end++;
        return Math.Max(a.Length, b.Length) - begin - end;
    }
}
