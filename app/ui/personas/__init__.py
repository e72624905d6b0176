"""Who answers and how: choosing a persona, this chat's manner, and the page that keeps them."""
