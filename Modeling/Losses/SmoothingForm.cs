namespace Toolkit.Modeling.Losses;

/// <summary>How label smoothing spreads the probability ε over k classes (book section 7.5.1).</summary>
public enum SmoothingForm
{
    /// <summary>The true class gets 1 − ε + ε/k, every other ε/k. Source: Szegedy et al., "Rethinking the Inception architecture", 2015.</summary>
    Uniform,

    /// <summary>The true class gets 1 − ε, every other ε/(k − 1): the book's text.</summary>
    OtherClasses,
}
