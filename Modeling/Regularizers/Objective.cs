using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Distributions;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;

namespace Toolkit.Modeling.Regularizers;

/// <summary>What is being trained, as a regularizer sees it: the loss and all that it is made of, each a variable of one graph.</summary>
public sealed class Objective
{
    private readonly Model model;
    private readonly Loss loss;
    private readonly ExampleSymbols examples;
    private readonly ForwardContext context;
    private readonly OptimizerState memory;
    private readonly TermShares? shares;
    private readonly string? input;
    private readonly Dictionary<string, (Regularizer Regularizer, int Turn)> owners = new(StringComparer.Ordinal);
    private Regularizer? asking;
    private int turns;

    internal Objective(Module model, Loss loss, Variable input, Variable target, ForwardContext context, OptimizerState? memory = null)
        : this(model, loss, ExampleSymbols.Of(input, target, context.Weight), [DataLayout.Input], context, memory)
    {
    }

    /// <summary>The objective of a model that may read some of the fields of examples, which may be a piece of a batch.</summary>
    internal Objective(
        Model model, Loss loss, ExampleSymbols examples, IReadOnlyList<string> inputs, ForwardContext context, OptimizerState? memory = null, TermShares? shares = null)
    {
        this.shares = shares;
        this.memory = memory ?? new OptimizerState();
        this.model = model;
        this.loss = loss;
        this.examples = examples;
        this.context = context;
        Inputs = new Named([.. inputs.Select(name => (name, examples.Fields[name]))]);
        Outputs = model.Forward(Inputs, context);
        IReadOnlySet<string> read = examples.ReadBy(Outputs.Values);
        input = inputs.Count == 1 ? inputs[0] : inputs.Where(read.Contains).ToArray() is [var only] ? only : null;
        Draws = context.Updates.Count > 0;
        Loss = Mean(Outputs, examples.Fields);
    }

    /// <summary>J: the mean loss of the batch, without penalties; a scalar, weighted where examples have weights.</summary>
    public Variable Loss { get; }

    /// <summary>The loss of each example, [batch], without its weight.</summary>
    /// <exception cref="GraphException">The loss is a sum over several outputs or targets.</exception>
    public Variable PerExample => loss.PerExample(Output, Target);

    /// <summary>w: how much each example counts, [batch]; null if each counts once.</summary>
    public Variable? Weight => context.Weight;

    /// <summary>The fields that the model may read.</summary>
    public Named Inputs { get; }

    /// <summary>The fields of the examples by name, those of targets and weights included.</summary>
    public Named Fields => examples.Fields;

    /// <summary>What the model gives, by name.</summary>
    public Named Outputs { get; }

    /// <summary>x: the input of the model, [batch, …].</summary>
    /// <exception cref="GraphException">The model reads several.</exception>
    public Variable Input => Inputs[input ?? throw new GraphException($"Expected a model that reads one field, found one that may read {Inputs}: ask for {nameof(Inputs)}.")];

    /// <summary>y: labels or targets.</summary>
    /// <exception cref="GraphException">The loss reads several.</exception>
    public Variable Target => Fields[TargetName];

    /// <summary>What the model gives for the input.</summary>
    /// <exception cref="GraphException">The loss reads several outputs.</exception>
    public Variable Output => Outputs[OutputName];

    private string TargetName => Only(loss.Summands.Select(part => part.Target), nameof(Target));

    private string OutputName => Only(loss.Summands.Select(part => part.Output), nameof(Output));

    /// <summary>h: the hidden representations, by the full names of the modules whose results they are ("dense1"), and under the names
    /// that modules have registered.</summary>
    public IReadOnlyDictionary<string, Variable> Hidden => context.Activations;

    /// <summary>Whether modules have drawn masks or noise, or keep count of something else with each step.</summary>
    internal bool Draws { get; }

    /// <summary>Whether the loss takes examples without a label.</summary>
    internal bool TakesUnlabelled => loss.TakesUnlabelled;

    /// <summary>The number of steps of the training that are done, an int64 scalar.</summary>
    public Variable Step => memory.Step;

    /// <summary>θ: the parameters that are learned; their roles tell weights from biases.</summary>
    public IReadOnlyList<Parameter> Parameters => model.Learned;

    /// <summary>A hidden representation by name.</summary>
    /// <param name="name">The full name of a module, or a registered name.</param>
    /// <exception cref="GraphException">There is none of this name; the message lists those there are.</exception>
    public Variable HiddenOf(string name) => Hidden.TryGetValue(name, out Variable? hidden)
        ? hidden
        : throw new GraphException($"There is no hidden representation \"{name}\"; there are: {string.Join(", ", Hidden.Keys.Where(k => k.Length > 0))}.");

    /// <summary>Refuses a loss that does not read the output as logits of classes.</summary>
    /// <param name="regularizer">The regularizer that needs them, for the message.</param>
    /// <exception cref="GraphException">The loss has no class probabilities.</exception>
    public void RequireClassLogits(string regularizer)
    {
        if (!loss.ReadsClassLogits || Output.Shape.Rank != 2 || !Output.Shape[1].IsStatic)
        {
            throw new GraphException(
                $"{regularizer} reads class probabilities as the softmax of the outputs: expected a loss on class logits [batch, classes], such as " +
                $"{nameof(SoftmaxCrossEntropy)}, found {loss.GetType().Name} on {Output.Shape}.");
        }
    }

    /// <summary>The model, with the same parameters, applied to another input.</summary>
    /// <param name="otherInput">A variable of the type and shape of <see cref="Input"/>.</param>
    public Variable Apply(Variable otherInput) => ApplyAll(otherInput, context)[OutputName];

    /// <summary>The mean loss of the model on another input with the same targets.</summary>
    /// <param name="otherInput">A variable of the type and shape of <see cref="Input"/>.</param>
    public Variable LossAt(Variable otherInput) => Mean(ApplyAll(otherInput, context), Fields);

    /// <summary>The mean loss of the model on another input with other targets.</summary>
    /// <param name="otherInput">A variable of the type and shape of <see cref="Input"/>.</param>
    /// <param name="otherTarget">A variable of the type and shape of <see cref="Target"/>.</param>
    public Variable LossAt(Variable otherInput, Variable otherTarget) =>
        Mean(ApplyAll(otherInput, context), Fields.With(TargetName, otherTarget));

    /// <summary>What the model gives for an input at inference, without dropout and noise.</summary>
    /// <param name="otherInput">A variable of the type and shape of <see cref="Input"/>.</param>
    public Variable Predict(Variable otherInput) => ApplyAll(otherInput, new ForwardContext(Mode.Inference) { Examples = examples, Weight = Weight })[OutputName];

    /// <summary>The mean loss of another output for the same targets.</summary>
    /// <param name="otherOutput">A variable of the type and shape of <see cref="Output"/>.</param>
    public Variable LossOf(Variable otherOutput) => Mean(Outputs.With(OutputName, otherOutput), Fields);

    /// <summary>The mean loss of an output for other targets.</summary>
    /// <param name="otherOutput">A variable of the type and shape of <see cref="Output"/>.</param>
    /// <param name="otherTarget">A variable of the type and shape of <see cref="Target"/>.</param>
    public Variable LossOf(Variable otherOutput, Variable otherTarget) =>
        Mean(Outputs.With(OutputName, otherOutput), Fields.With(TargetName, otherTarget));

    /// <summary>The mean over the examples of the batch, Σ w·x/Σ w: for every penalty that is an average over examples. 0 if all weights are 0. Each step of a sequence
    /// is an example; padding does not count.</summary>
    /// <param name="x">[batch, …], or [batch, ragged axis, …].</param>
    /// <returns>x without axis 0, and without the ragged one.</returns>
    public Variable Mean(Variable x)
    {
        (Variable each, Variable? weight) = EachStep(x);
        return WeightedMean.Of(each, weight);
    }

    /// <summary>The mean over the examples that count for the penalty.</summary>
    /// <param name="x">[batch, …].</param>
    /// <param name="counts">How much each example counts besides its weight, at least 0, [batch].</param>
    /// <returns>x without axis 0; 0 if no example counts.</returns>
    public Variable Mean(Variable x, Variable counts) => WeightedMean.Of(x, WeightedMean.Product(Weight, counts));

    /// <summary>Σ w·x over all axes and the Σ w that it is to be divided by, as scalars: a mean over examples of sums over all other axes. Both are divided by the greatest
    /// weight, and Σ w is at least 1.</summary>
    /// <param name="x">[batch, …].</param>
    public (Variable Sum, Variable Count) Sums(Variable x)
    {
        (Variable each, Variable? weight) = EachStep(x);
        return WeightedMean.Sums(each, weight);
    }

    /// <summary>The gradient of Σ w·x in the input, with respect to one of the w copies that an example of weight w stands for: [batch, …], 0 for weights of 0. Examples
    /// may depend on each other, as with batch normalization.</summary>
    /// <param name="x">[batch, …].</param>
    /// <param name="wrt">Something with a first axis of examples.</param>
    internal Variable GradientPerCopy(Variable x, Variable wrt) => Weight is not { } weight ? Gradient.Of(x.Sum(), wrt)
        : PerCopy(Gradient.Of((WeightedMean.Spread(weight, x).Cast(x.DType) * WeightedMean.Present(x, weight)).Sum(), wrt));

    /// <summary>What is summed over the copies that an example stands for, for one of them: x/w, 0 for weights of 0.</summary>
    internal Variable PerCopy(Variable x) => Weight is not { } weight ? x
        : x / WeightedMean.Spread(Ops.Where(Ops.Greater(weight, 0.0), weight, 1.0), x).Cast(x.DType);

    /// <summary>The mean loss of the batch with other variables in place of some, such as disturbed weights in place of the parameters.</summary>
    /// <param name="replacements">The variables to replace, and what by.</param>
    public Variable LossWith(IReadOnlyDictionary<Variable, Variable> replacements) => new Substitution(replacements).Map(Loss);

    /// <summary>The penalty of a regularizer, which owns what it remembers.</summary>
    internal Variable PenaltyOf(Regularizer regularizer)
    {
        asking = regularizer;
        turns++;
        try
        {
            return regularizer.Penalty(this);
        }
        finally
        {
            asking = null;
        }
    }

    /// <summary>A state parameter for a regularizer, such as a multiplier: kept in checkpoints with what the optimizer remembers. Asked for again by the same regularizer, it is
    /// the same one.</summary>
    /// <param name="name">Its name, without dots, which set apart what belongs to a name.</param>
    /// <param name="initial">What it begins with.</param>
    /// <exception cref="ArgumentException">The name is empty or has a dot.</exception>
    /// <exception cref="GraphException">Another regularizer of the training remembers something under this name.</exception>
    public Parameter Remember(string name, Value initial)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Contains('.', StringComparison.Ordinal))
            throw new ArgumentException($"Expected a name without dots, found \"{name}\".", nameof(name));
        if (asking is not null && !owners.TryAdd(name, (asking, turns)) && owners[name].Turn != turns)
        {
            throw new GraphException(
                $"Expected a name of its own for what each regularizer remembers, found \"{name}\" of {owners[name].Regularizer.GetType().Name} and of {asking.GetType().Name}: they would share it.");
        }

        return memory.Number($"regularizer.{name}", initial);
    }

    /// <summary>Asks for an update of a state parameter with each step of training.</summary>
    /// <param name="parameter">A parameter of <see cref="Remember"/>.</param>
    /// <param name="newValue">Its new value.</param>
    public void Update(Parameter parameter, Variable newValue) => context.Update(parameter, newValue);

    /// <summary>Random numbers for a regularizer, new ones with each step.</summary>
    /// <param name="name">The name of the stream.</param>
    /// <param name="seed">The seed of the stream.</param>
    public RandomStream Random(string name, ulong seed)
    {
        Parameter counter = memory.Number($"regularizer.{name}.counter", Value.Of(0UL));
        Update(counter, Ops.Add(counter, Variable.Of(Value.Of(1UL))));
        return new RandomStream(Variable.Of(Value.Of(new RandomSource(seed).Fork(name).NextUInt64())), counter);
    }

    /// <summary>Sequences as their steps, each an example with the weight of its sequence, and padding with none: as losses see them.</summary>
    private (Variable X, Variable? Weight) EachStep(Variable x)
    {
        if (x.Shape.Rank < 2 || examples.MaskOf(x.Shape[1]) is not { } mask)
            return (x, Weight);
        Variable counts = mask.Cast(x.DType);
        if (Weight is not null)
            counts *= Weight.Cast(x.DType).Reshape([x.Shape[0], 1]);
        Dim steps = x.Shape[0] * x.Shape[1];
        return (x.Reshape([steps, .. x.Shape.Skip(2)]), counts.Reshape([steps]));
    }

    private Variable Mean(Named outputs, Named fields) => shares is null ? loss.Mean(outputs, fields, examples) : shares.Mean(loss.TermsOf(outputs, fields, examples), examples);

    private Named ApplyAll(Variable otherInput, ForwardContext applied)
    {
        _ = Input;
        return model.Forward(Inputs.With(input!, otherInput), applied);
    }

    private static string Only(IEnumerable<string> names, string what) => names.Distinct().ToArray() is [var only] ? only
        : throw new GraphException($"Expected a loss with one {what}, found {string.Join(", ", names.Distinct().Select(name => $"\"{name}\""))}: ask for {what}s by name.");
}
