using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Toolkit.Autograd.Graph;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Components;

/// <summary>
/// An example of a component in two lines: the first makes it, the second uses it. The text of both is what the compiler saw, so docs/components.md cannot
/// show code that does not compile. Rows stand in the files Example….cs: copy a neighbour.
/// </summary>
/// <param name="Source">Where the component comes from: section and equation of the book, or a paper.</param>
/// <param name="First">The first line.</param>
/// <param name="Second">The second line.</param>
/// <param name="Exports">Whether the second line gives something that can be served: a model, a trainer of one, or a variable.</param>
/// <param name="Data">What a model or trainer of the second line is trained on.</param>
/// <param name="Make">Runs both lines and gives what the second gives; the same at each call.</param>
internal sealed partial record TwoLines(string Source, string First, string Second, bool Exports, Dataset Data, Func<object> Make)
{
    /// <summary>An example; models and trainers learn from <see cref="Given.Labelled"/>.</summary>
    /// <param name="source">Section and equation, or paper.</param>
    /// <param name="make">Makes the component.</param>
    /// <param name="use">Uses it: gives a model, a trainer, a variable or numbers. Its parameter is the name of the component in the first line.</param>
    /// <param name="first">Set by the compiler.</param>
    /// <param name="second">Set by the compiler.</param>
    public static TwoLines Of<T, TResult>(
        string source,
        Func<T> make,
        Func<T, TResult> use,
        [CallerArgumentExpression(nameof(make))] string first = "",
        [CallerArgumentExpression(nameof(use))] string second = "")
        where TResult : notnull => On(Given.Labelled, source, make, use, first, second);

    /// <summary>An example whose model or trainer learns from other data.</summary>
    /// <inheritdoc cref="Of{T, TResult}"/>
    public static TwoLines On<T, TResult>(
        Dataset data,
        string source,
        Func<T> make,
        Func<T, TResult> use,
        [CallerArgumentExpression(nameof(make))] string first = "",
        [CallerArgumentExpression(nameof(use))] string second = "")
        where TResult : notnull
    {
        string[] used = second.Split("=>", 2, StringSplitOptions.TrimEntries);
        return new(
            source,
            $"var {used[0]} = {Line(first.Split("=>", 2, StringSplitOptions.TrimEntries)[1])};",
            $"var {Called(typeof(TResult))} = {Line(used[1])};",
            typeof(TResult).IsAssignableTo(typeof(Module)) || typeof(TResult) == typeof(Trainer) || typeof(TResult) == typeof(Variable),
            data,
            () => use(make()));
    }

    private static string Called(Type result) =>
        result.IsAssignableTo(typeof(Module)) ? "model" : result == typeof(Trainer) ? "trainer" : "result";

    /// <summary>Code over several lines as one.</summary>
    private static string Line(string code) => BeforeClosing().Replace(AfterOpening().Replace(Blanks().Replace(code, " "), "$1"), "$1");

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"([(\[]) ")]
    private static partial Regex AfterOpening();

    [GeneratedRegex(@",? ([)\]])")]
    private static partial Regex BeforeClosing();
}
